# The fan-outs of ../pipelines/fan_out.cpp with GenStage itself:
#
#     GEN_STAGE_EBIN=... elixir -pa $GEN_STAGE_EBIN gen_stage_fan_out.exs how=broadcast events=100000

Code.require_file("gen_stage_bench.exs", __DIR__)

defmodule Spreader do
  use GenStage

  def init({how, wanted}) do
    dispatcher =
      case how do
        "demand" -> GenStage.DemandDispatcher
        "broadcast" -> GenStage.BroadcastDispatcher
        "partition" -> {GenStage.PartitionDispatcher, partitions: 4, hash: &{&1, rem(&1, 4)}}
      end

    {:producer, {0, wanted}, dispatcher: dispatcher, demand: :accumulate}
  end

  def handle_demand(demand, state), do: Bench.numbers(demand, state)
end

defmodule Adder do
  use GenStage
  def init({from, all}), do: {:consumer, {0, all}, subscribe_to: [from]}

  def handle_events(events, _from, {sum, all}) do
    sum = sum + Enum.sum(events)
    count = length(events)
    if :atomics.sub_get(all.left, 1, count) == 0, do: send(all.told, :done)
    {:noreply, [], {sum, all}}
  end
end

options = Bench.arguments(%{max: 1000, events: 100_000, how: "demand"})
events = options.events
delivered = if options.how == "broadcast", do: 4 * events, else: events
left = :atomics.new(1, [])
:atomics.put(left, 1, delivered)
all = %{left: left, told: self()}
{:ok, producer} = GenStage.start_link(Spreader, {options.how, events})

for index <- 0..3 do
  chosen = if options.how == "partition", do: [partition: index], else: []
  {:ok, _} = GenStage.start_link(Adder, {{producer, Bench.demand(options) ++ chosen}, all})
end

begun = System.monotonic_time(:nanosecond)
GenStage.demand(producer, :forward)

receive do
  :done -> Bench.report(delivered, Bench.since(begun))
end
