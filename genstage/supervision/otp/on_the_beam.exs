# Plays the scenarios of this folder on Erlang/OTP and prints what happens; see README.md.
#
#     elixir --erl "+S 1:1" on_the_beam.exs SCENARIOS.term
#
# There is one scheduler, so a yield lets everybody run who can: when nobody can any more and
# nothing new happens, a step is over. Real time passes only where a step awaits an event.

for file <- ["beam_actor.exs", "beam_tree.exs"], do: Code.require_file(file, __DIR__)

defmodule Driver do
  @moduledoc "Does one step after the other, and waits after each until nothing moves any more."

  @rounds 5
  @longest_wait 10_000

  def run(scenario) do
    before = MapSet.new(Process.list())
    IO.puts("# #{scenario["name"]}")

    {seen, _, tops} =
      Enum.reduce(Enum.with_index(scenario["steps"], 1), {0, 0, []}, fn {step, number}, {seen, awaited, tops} ->
        IO.puts("step #{number}")
        {awaited, top} = step(step, awaited)
        quiet(0, nil)
        {tell(seen), awaited, if(top, do: tops ++ [top], else: tops)}
      end)

    IO.puts("end")
    for {id, pid, monitor} <- tops, do: fate(id, pid, monitor)
    tell(seen)
    clear(before)
  end

  defp step(["await", text], awaited), do: {await(text, awaited), nil}
  defp step(["start", spec], awaited), do: {awaited, watch("start", spec, Actor.start_link(spec))}
  defp step(["supervise", spec], awaited), do: {awaited, watch("supervise", spec, Tree.start_link(spec))}

  defp step(["exit", "the world", to, why], awaited) do
    Process.exit(Play.pid(to), Play.reason(why))
    {awaited, nil}
  end

  defp step(["list", top], awaited), do: {awaited, quietly(Play.note("list #{top}: " <> Tree.list(top)))}
  defp step(["count", top], awaited), do: {awaited, quietly(Play.note("count #{top}: " <> Tree.count(top)))}

  defp step(["suspend", id], awaited), do: {awaited, quietly(:sys.suspend(Play.pid(id)))}
  defp step(["resume", id], awaited), do: {awaited, quietly(:sys.resume(Play.pid(id)))}

  defp step(["terminate", id, why], awaited),
    do: {awaited, quietly(:sys.terminate(Play.pid(id), Play.reason(why)))}

  defp step(["state", id], awaited) do
    Play.note("#{id} has heard #{:sys.get_state(Play.pid(id)).heard}")
    {awaited, nil}
  end

  defp step(["replace state", id, heard], awaited) do
    :sys.replace_state(Play.pid(id), &%{&1 | heard: heard})
    {awaited, nil}
  end

  defp step(["lookup", kind, key], awaited) do
    holders = for {pid, _} <- Registry.lookup(String.to_atom(kind), key), do: Play.label(pid)
    Play.note("lookup #{key}: #{Enum.join(Enum.sort(holders), ", ")}")
    {awaited, nil}
  end

  defp step(["lives", id], awaited) do
    Play.note("#{id} #{if Process.alive?(Play.pid(id)), do: "lives", else: "is gone"}")
    {awaited, nil}
  end

  defp step([verb, _, child] = step, awaited)
       when verb in ["start child", "terminate child", "restart child", "delete child"] do
    id = if is_map(child), do: child["id"], else: child

    answer =
      try do
        Play.answer(Tree.ask(step))
      catch
        :exit, _ -> "ended"
      end

    Play.note("#{verb} #{id}: #{answer}")
    {awaited, nil}
  end

  defp step(["at the same time", steps], awaited) do
    for [_, id | _] = each <- steps, do: send(Play.pid(id), {:step, each})
    {awaited, nil}
  end

  defp step([_, id | _] = step, awaited) do
    send(Play.pid(id), {:step, step})
    {awaited, nil}
  end

  defp quietly(_), do: nil

  defp watch(verb, spec, started) do
    Play.note("#{verb} #{spec["id"]}: #{Play.answer(started)}")
    with {:ok, pid} <- started, do: {spec["id"], pid, Process.monitor(pid)}, else: (_ -> nil)
  end

  defp fate(id, _pid, monitor) do
    receive do
      {:DOWN, ^monitor, :process, _, why} -> Play.note("#{id} ended with #{Play.text(why)}")
    after
      0 -> Play.note("#{id} lives on")
    end
  end

  # Since the last await.
  defp await(text, awaited) do
    events = Play.events()

    case Enum.find_index(Enum.drop(events, awaited), &(&1 == text)) do
      nil ->
        receive do
          {:event, ^text} -> await(text, awaited)
        after
          @longest_wait -> Play.note("never: #{text}")
        end

      index ->
        awaited + index + 1
    end
  end

  defp quiet(@rounds, _), do: :ok

  defp quiet(rounds, before) do
    :erlang.yield()
    states = for pid <- Process.list(), pid != self(), do: {pid, Process.info(pid, [:status, :message_queue_len])}
    is_idle = Enum.all?(states, fn {_, info} -> info == nil or info[:status] == :waiting end)
    now = {length(Play.events()), states}
    quiet(if(is_idle and now == before, do: rounds + 1, else: 0), now)
  end

  defp tell(seen) do
    events = Play.events()
    for text <- Enum.drop(events, seen), do: IO.puts("  #{text}")
    length(events)
  end

  defp clear(before) do
    left = for pid <- Process.list(), pid != self(), not MapSet.member?(before, pid), do: pid
    monitors = for pid <- left, do: Process.monitor(pid)
    for pid <- left, do: Process.exit(pid, :kill)

    for monitor <- monitors do
      receive do
        {:DOWN, ^monitor, _, _, _} -> :ok
      end
    end

    flush()
    Play.clear()
  end

  defp flush do
    receive do
      _ -> flush()
    after
      0 -> :ok
    end
  end
end

[file] = System.argv()
{:ok, [scenarios]} = :file.consult(file)
:logger.remove_handler(:default)
:logger.remove_handler(Logger)
:logger.set_primary_config(:level, :error)
:ok = :logger.add_handler(:reports, Reports, %{})
Process.register(self(), :driver)
Process.flag(:trap_exit, true)
Play.open()
Enum.each(scenarios, &Driver.run/1)
