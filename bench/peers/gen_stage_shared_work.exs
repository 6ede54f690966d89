# A counter and two that work for each event, as in ../pipelines/shared_work.cpp, with GenStage
# itself, on as many schedulers as there are workers. The loop of work.hpp needs numbers that wrap
# around; there is none on the BEAM, so a loop of its own takes as long, `work_ns`, as it is measured
# before the stages start.
Code.require_file("gen_stage_bench.exs", __DIR__)

defmodule Work do
  def run(0, seed), do: seed
  def run(steps, seed), do: run(steps - 1, rem(seed * 48_271, 2_147_483_647))

  # How many steps take so long.
  def steps(nanoseconds) do
    tried = 100_000

    taken =
      for _ <- 1..20 do
        begun = System.monotonic_time(:nanosecond)
        run(tried, 1)
        System.monotonic_time(:nanosecond) - begun
      end

    round(tried * nanoseconds / Enum.min(taken))
  end
end

defmodule Worker do
  use GenStage
  def init({from, all}), do: {:consumer, all, subscribe_to: [from]}

  def handle_events(events, _from, all) do
    for event <- events, do: Work.run(all.steps, event + 1)
    count = length(events)
    left = :atomics.sub_get(all.left, 1, count)
    if left <= 0 and left + count > 0, do: send(all.told, :done)
    {:noreply, [], all}
  end
end

options = Bench.arguments(%{max: 1000, events: 100_000, workers: 1, work_ns: 1000})
:erlang.system_flag(:schedulers_online, options.workers)
left = :atomics.new(1, [])
:atomics.put(left, 1, options.events)
all = %{left: left, told: self(), steps: Work.steps(options.work_ns)}
{:ok, producer} = GenStage.start_link(Counter, [])
begun = System.monotonic_time(:nanosecond)
for _ <- 1..2, do: {:ok, _} = GenStage.start_link(Worker, {{producer, Bench.demand(options)}, all})

receive do
  :done -> Bench.report(options.events, Bench.since(begun))
end
