# The pipelines of ../pipelines/pipelines.cpp with GenStage itself:
#
#     GEN_STAGE_EBIN=... elixir -pa $GEN_STAGE_EBIN gen_stage_pipelines.exs max=10 events=100000

defmodule Counter do
  use GenStage
  def init(_), do: {:producer, 0}

  def handle_demand(demand, next),
    do: {:noreply, Enum.to_list(next..(next + demand - 1)), next + demand}
end

defmodule Doubler do
  use GenStage
  def init(from), do: {:producer_consumer, nil, subscribe_to: [from]}
  def handle_events(events, _from, state), do: {:noreply, Enum.map(events, &(2 * &1)), state}
end

defmodule Adder do
  use GenStage
  def init({from, wanted, told}), do: {:consumer, {wanted, 0, told}, subscribe_to: [from]}

  def handle_events(events, _from, {left, sum, told}) do
    used = Enum.take(events, left)
    sum = Enum.sum(used) + sum
    left = left - length(used)
    if left == 0, do: send(told, {:sum, sum})
    {:noreply, [], {left, sum, told}}
  end
end

options =
  for pair <- System.argv(), into: %{stages: 2, max: 1000, events: 100_000} do
    [key, value] = String.split(pair, "=")
    {String.to_atom(key), String.to_integer(value)}
  end

demand = [max_demand: options.max, min_demand: div(options.max, 2)]
{:ok, producer} = GenStage.start_link(Counter, [])

last =
  Enum.reduce(List.duplicate(nil, options.stages - 2), producer, fn _, from ->
    {:ok, doubler} = GenStage.start_link(Doubler, {from, demand})
    doubler
  end)

begun = System.monotonic_time(:nanosecond)
{:ok, _} = GenStage.start_link(Adder, {{last, demand}, options.events, self()})

sum =
  receive do
    {:sum, sum} -> sum
  end

taken = System.monotonic_time(:nanosecond) - begun
doubled = Integer.pow(2, options.stages - 2)
^sum = div(options.events * (options.events - 1), 2) * doubled
IO.puts("#{options.events} #{:erlang.float_to_binary(taken / 1.0e9, decimals: 6)}")
System.halt(0)
