# 10,000 pipelines of a counter and an adder, as in ../pipelines/many_pipelines.cpp, with GenStage
# itself.
Code.require_file("gen_stage_bench.exs", __DIR__)

defmodule Limited do
  use GenStage
  def init(wanted), do: {:producer, {0, wanted}, demand: :accumulate}

  def handle_demand(demand, state), do: Bench.numbers(demand, state)
end

defmodule Adder do
  use GenStage
  def init({from, wanted, all}), do: {:consumer, {wanted, 0, all}, subscribe_to: [from]}

  def handle_events(events, _from, {left, sum, all}) do
    sum = sum + Enum.sum(events)
    left = left - length(events)
    if left == 0 and :atomics.sub_get(all.left, 1, 1) == 0, do: send(all.told, :done)
    {:noreply, [], {left, sum, all}}
  end
end

options = Bench.arguments(%{max: 10, events: 100_000})
pipelines = 10_000
each = max(1, div(options.events, pipelines))
left = :atomics.new(1, [])
:atomics.put(left, 1, pipelines)

producers =
  for _ <- 1..pipelines do
    {:ok, producer} = GenStage.start_link(Limited, each)
    from = {producer, Bench.demand(options)}
    {:ok, _} = GenStage.start_link(Adder, {from, each, %{left: left, told: self()}})
    producer
  end

begun = System.monotonic_time(:nanosecond)
Enum.each(producers, &GenStage.demand(&1, :forward))

receive do
  :done -> Bench.report(each * pipelines, Bench.since(begun))
end
