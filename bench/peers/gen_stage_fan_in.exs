# Four counters and one that adds up, as in ../pipelines/fan_in.cpp, with GenStage itself.
Code.require_file("gen_stage_bench.exs", __DIR__)

defmodule Adder do
  use GenStage
  def init({from, wanted, told}), do: {:consumer, {wanted, 0, told}, subscribe_to: from}

  def handle_events(events, _from, {left, sum, told}) do
    sum = Enum.sum(events) + sum
    left = left - length(events)
    if left <= 0, do: send(told, {:sum, sum})
    {:noreply, [], {left, sum, told}}
  end
end

options = Bench.arguments(%{max: 1000, events: 100_000, how: ""})

producers =
  for _ <- 1..4 do
    {:ok, producer} = GenStage.start_link(Counter, [])
    {producer, Bench.demand(options)}
  end

begun = System.monotonic_time(:nanosecond)
{:ok, _} = GenStage.start_link(Adder, {producers, options.events, self()})

receive do
  {:sum, _} -> Bench.report(options.events, Bench.since(begun))
end
