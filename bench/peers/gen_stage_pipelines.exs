# The pipelines of ../pipelines/pipelines.cpp with GenStage itself:
#
#     GEN_STAGE_EBIN=... elixir -pa $GEN_STAGE_EBIN gen_stage_pipelines.exs max=10 events=100000
#
# Events of other kinds are terms of about the same size: a tuple of two numbers for 16 B, else
# binaries, of which only a reference travels.
Code.require_file("gen_stage_bench.exs", __DIR__)

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

defmodule Kinds do
  def make("16", number), do: {number, 0}
  def make("256", number), do: <<number::64, 0::1984>>
  def make("string", number), do: <<?a + rem(number, 16), 0::792>>
  def make("move_only", number), do: <<number::64, 0::8128>>

  def number({number, _}), do: number
  def number(<<letter, _::792>>), do: letter - ?a
  def number(<<number::64, _::binary>>), do: number
end

defmodule Maker do
  use GenStage
  def init(kind), do: {:producer, {kind, 0}}

  def handle_demand(demand, {kind, next}) do
    events = for number <- next..(next + demand - 1), do: Kinds.make(kind, number)
    {:noreply, events, {kind, next + demand}}
  end
end

defmodule KindsAdder do
  use GenStage
  def init({from, wanted, told}), do: {:consumer, {wanted, 0, told}, subscribe_to: [from]}

  def handle_events(events, _from, {left, sum, told}) do
    used = Enum.take(events, left)
    sum = Enum.reduce(used, sum, &(Kinds.number(&1) + &2))
    left = left - length(used)
    if left == 0, do: send(told, {:sum, sum})
    {:noreply, [], {left, sum, told}}
  end
end

options = Bench.arguments(%{stages: 2, max: 1000, events: 100_000, event: "int"})
is_plain = options.event == "int"
{maker, adder} = if is_plain, do: {Counter, Adder}, else: {Maker, KindsAdder}
{:ok, producer} = GenStage.start_link(maker, options.event)

last =
  Enum.reduce(List.duplicate(nil, options.stages - 2), producer, fn _, from ->
    {:ok, doubler} = GenStage.start_link(Doubler, {from, Bench.demand(options)})
    doubler
  end)

begun = System.monotonic_time(:nanosecond)
{:ok, _} = GenStage.start_link(adder, {{last, Bench.demand(options)}, options.events, self()})

sum =
  receive do
    {:sum, sum} -> sum
  end

taken = Bench.since(begun)
events = options.events
rest = rem(events, 16)

^sum =
  if options.event == "string",
    do: div(events, 16) * 120 + div(rest * (rest - 1), 2),
    else: div(events * (events - 1), 2) * Integer.pow(2, options.stages - 2)

Bench.report(events, taken)
