# Plays the scenarios of this folder on Erlang/OTP and prints what happens; see README.md.
#
#     elixir --erl "+S 1:1" on_the_beam.exs SCENARIOS.term
#
# There is one scheduler, so a yield lets everybody run who can: when nobody can any more and
# nothing new happens, a step is over. Real time passes only where a step awaits an event.

defmodule Play do
  @moduledoc "What all processes of a scenario share: the journal and who is who."

  def open do
    for table <- [:journal, :pids, :labels, :starts, :kinds], do: :ets.new(table, [:named_table, :public, :ordered_set])
  end

  def clear, do: for(table <- [:journal, :pids, :labels, :starts, :kinds], do: :ets.delete_all_objects(table))

  def note(text) do
    :ets.insert(:journal, {:erlang.unique_integer([:monotonic]), text})
    send(:driver, {:event, text})
    text
  end

  def events, do: for({_, text} <- :ets.tab2list(:journal), do: text)

  def know(id, pid) do
    :ets.insert(:pids, {id, pid})
    :ets.insert(:labels, {pid, id})
  end

  def pid(id), do: :ets.lookup_element(:pids, id, 2)

  def label(pid) do
    case :ets.lookup(:labels, pid) do
      [{_, id}] -> id
      [] -> "the world"
    end
  end

  def name(id), do: String.to_atom("play " <> id)

  @doc "What the next start of this process comes to."
  def next_start(spec) do
    number = :ets.update_counter(:starts, spec["id"], 1, {spec["id"], 0})
    Enum.at(Map.get(spec, "starts", []), number - 1, "ok")
  end

  def reason("normal"), do: :normal
  def reason("shutdown"), do: :shutdown
  def reason("shutdown: " <> detail), do: {:shutdown, detail}
  def reason("kill"), do: :kill
  def reason("killed"), do: :killed
  def reason("noproc"), do: :noproc
  def reason(other), do: other

  def text({:shutdown, {:failed_to_start_child, id, why}}),
    do: "shutdown (failed to start child #{id}: #{text(why)})"

  def text({:shutdown, detail}) when is_binary(detail), do: "shutdown (#{detail})"
  def text({%RuntimeError{message: message}, _stack}), do: "error (#{message})"
  def text({:noproc, _where}), do: "noproc"
  def text(atom) when is_atom(atom), do: Atom.to_string(atom)
  def text(other) when is_binary(other), do: other
  def text(other), do: inspect(other)

  @doc "How the answer of a supervisor is written down."
  def answer(:ok), do: "ok"
  def answer({:ok, :undefined}), do: "nothing to run"
  def answer({:ok, _}), do: "ok"
  def answer(:ignore), do: "nothing to run"
  def answer({:error, :not_found}), do: "not found"
  def answer({:error, :running}), do: "running"
  def answer({:error, :restarting}), do: "restarting"
  def answer({:error, {:already_started, _}}), do: "already started"
  def answer({:error, :already_present}), do: "already present"
  def answer({:error, :max_children}), do: "over capacity"
  def answer({:error, {bad, _}}) when bad in [:invalid_shutdown, :bad_combination, :duplicate_child_name], do: "invalid argument"
  def answer({:error, {:supervisor_data, _}}), do: "invalid argument"
  def answer({:error, {:start_spec, _}}), do: "invalid argument"
  def answer({:error, {why, child}}) when elem(child, 0) == :child, do: answer({:error, why})
  def answer({:error, why}), do: "failed with #{text(why)}"
end

defmodule Actor do
  use GenServer

  def start_link(spec), do: GenServer.start_link(__MODULE__, spec, name: Play.name(spec["id"]))

  @impl true
  def init(spec) do
    id = spec["id"]
    Play.know(id, self())
    if Map.get(spec, "traps", true), do: Process.flag(:trap_exit, true)

    case Play.next_start(spec) do
      "ok" ->
        Play.note("#{id} starts")
        {:ok, %{spec: spec, id: id, monitors: %{}, callers: [], timers: %{}}}

      "nothing to run" ->
        Play.note("#{id} has nothing to run")
        :ignore

      "crash" ->
        Play.note("#{id} fails to start")
        raise "boom"

      why ->
        Play.note("#{id} fails to start")
        {:stop, Play.reason(why)}
    end
  end

  @impl true
  def handle_info({:step, step}, state), do: act(step, state)

  def handle_info({:say, text}, state) do
    Play.note("#{state.id} hears #{text}")
    {:noreply, state}
  end

  def handle_info({:EXIT, from, why}, state) do
    Play.note("#{state.id}: exit of #{Play.label(from)} with #{Play.text(why)}")
    {:noreply, state}
  end

  def handle_info({:DOWN, _, :process, pid, why}, state) do
    Play.note("#{state.id}: down of #{Play.label(pid)} with #{Play.text(why)}")
    {:noreply, state}
  end

  @impl true
  def handle_call("echo", _from, state), do: {:reply, "echo", state}

  def handle_call("later", from, state) do
    Play.note("#{state.id} is asked")
    {:noreply, %{state | callers: state.callers ++ [from]}}
  end

  def handle_call("crash", _from, _state), do: raise("boom")
  def handle_call("leave", _from, state), do: {:stop, "tired", state}

  @impl true
  def terminate(why, state) do
    case Map.get(state.spec, "stops_in", 0) do
      0 -> :ok
      "never" -> Process.sleep(:infinity)
      time -> Process.sleep(time)
    end

    Play.note("#{state.id} terminates with #{Play.text(why)}")
  end

  defp act(["exit", _, to, why], state) do
    Process.exit(Play.pid(to), Play.reason(why))
    {:noreply, state}
  end

  defp act(["link", _, to], state) do
    Process.link(Play.pid(to))
    {:noreply, state}
  end

  defp act(["unlink", _, from], state) do
    Process.unlink(Play.pid(from))
    {:noreply, state}
  end

  defp act(["monitor", _, whom], state) do
    {:noreply, put_in(state.monitors[whom], Process.monitor(Play.pid(whom)))}
  end

  defp act(["demonitor", _, whom], state) do
    Process.demonitor(state.monitors[whom], [:flush])
    {:noreply, state}
  end

  defp act(["trap", _, on], state) do
    Process.flag(:trap_exit, on)
    {:noreply, state}
  end

  defp act(["say", _, to, text], state) do
    send(Play.pid(to), {:say, text})
    {:noreply, state}
  end

  defp act(["say after", _, to, time, text], state) do
    {:noreply, put_in(state.timers[text], Process.send_after(Play.pid(to), {:say, text}, time))}
  end

  defp act(["cancel", _, text], state) do
    left = Process.cancel_timer(state.timers[text])
    Play.note("#{state.id}: cancel of #{text}: #{if left, do: "in time", else: "too late"}")
    {:noreply, state}
  end

  defp act(["start by", _, spec], state) do
    Play.note("#{state.id}: start of #{spec["id"]}: #{Play.answer(Actor.start_link(spec))}")
    {:noreply, state}
  end

  defp act(["call", _, to, request, time], state) do
    outcome =
      try do
        GenServer.call(Play.pid(to), request, time)
      catch
        :exit, {:timeout, _} -> "no reply in time"
        :exit, {:calling_self, _} -> "refused"
        :exit, _ -> "ended"
      end

    Play.note("#{state.id}: call of #{to}: #{outcome}")
    {:noreply, state}
  end

  defp act(["reply", _], state) do
    for from <- state.callers, do: GenServer.reply(from, "at last")
    {:noreply, %{state | callers: []}}
  end

  # All at once: what follows is sent before anybody else can run.
  defp act(["at once", id, steps], state) do
    Enum.reduce(steps, {:noreply, state}, fn
      [verb | rest], {:noreply, state} -> act([verb, id | rest], state)
      _, ended -> ended
    end)
  end

  defp act(["end", _, why], state), do: {:stop, Play.reason(why), state}
  defp act(["crash", _], _state), do: raise("boom")
end

defmodule Tree do
  @moduledoc "Supervisors out of a scenario's data."

  def start_link(%{"dynamic" => true} = spec) do
    options = [
      strategy: :one_for_one,
      max_children: Map.get(spec, "max_children", :infinity),
      max_restarts: Map.get(spec, "restarts", 3),
      max_seconds: Map.get(spec, "within", 5),
      name: Play.name(spec["id"])
    ]

    :ets.insert(:kinds, {spec["id"], :dynamic})
    started = DynamicSupervisor.start_link(options)
    with {:ok, pid} <- started, do: Play.know(spec["id"], pid)
    started
  end

  def start_link(spec), do: :supervisor.start_link({:local, Play.name(spec["id"])}, __MODULE__, spec)

  def init(spec) do
    Play.know(spec["id"], self())

    flags = %{
      strategy: String.to_atom(Map.get(spec, "strategy", "one_for_one")),
      intensity: Map.get(spec, "restarts", 3),
      period: Map.get(spec, "within", 5),
      auto_shutdown: String.to_atom(Map.get(spec, "auto_shutdown", "never"))
    }

    {:ok, {flags, Enum.map(Map.get(spec, "children", []), &child/1)}}
  end

  def supervisor?(spec), do: Map.has_key?(spec, "children") or Map.has_key?(spec, "dynamic")

  def child(spec) do
    is_supervisor = supervisor?(spec)

    %{
      id: spec["id"],
      start: {if(is_supervisor, do: Tree, else: Actor), :start_link, [spec]},
      restart: String.to_atom(Map.get(spec, "restart", "permanent")),
      type: if(is_supervisor, do: :supervisor, else: :worker),
      significant: Map.get(spec, "significant", false),
      shutdown:
        case Map.get(spec, "shutdown", if(is_supervisor, do: "infinity", else: 5000)) do
          "infinity" -> :infinity
          "kill" -> :brutal_kill
          time -> time
        end
    }
  end

  def dynamic?(id), do: :ets.member(:kinds, id)

  def ask(["start child", top, spec]) do
    if dynamic?(top),
      do: DynamicSupervisor.start_child(Play.name(top), child(spec)),
      else: :supervisor.start_child(Play.name(top), child(spec))
  end

  def ask(["terminate child", top, id]) do
    if dynamic?(top),
      do: DynamicSupervisor.terminate_child(Play.name(top), Play.pid(id)),
      else: :supervisor.terminate_child(Play.name(top), id)
  end

  def ask(["restart child", top, id]), do: :supervisor.restart_child(Play.name(top), id)
  def ask(["delete child", top, id]), do: :supervisor.delete_child(Play.name(top), id)

  def list(top) do
    children =
      if dynamic?(top),
        do: for({_, pid, type, _} <- DynamicSupervisor.which_children(Play.name(top)), do: {Play.label(pid), pid, type}) |> Enum.sort(),
        else: for({id, pid, type, _} <- :supervisor.which_children(Play.name(top)), do: {id, pid, type})

    Enum.map_join(children, ", ", fn {id, pid, type} ->
      state = if is_pid(pid), do: "running", else: if(pid == :restarting, do: "restarting", else: "stopped")
      "#{id} #{state} #{type}"
    end)
  end

  def count(top) do
    counts =
      if dynamic?(top),
        do: DynamicSupervisor.count_children(Play.name(top)) |> Map.to_list(),
        else: :supervisor.count_children(Play.name(top))

    Enum.map_join([:specs, :active, :supervisors, :workers], ", ", &"#{counts[&1]} #{&1}")
  end
end

defmodule Reports do
  @moduledoc "A handler of OTP's logger: reports of supervisors and crashes of servers are events."

  def log(%{msg: {:report, %{label: {kind, context}, report: report}}}, _)
      when kind in [:supervisor, DynamicSupervisor] and context != :progress do
    offender = report[:offender]
    id = offender[:id]
    id = if is_binary(id), do: id, else: child(offender[:pid])
    who = label(report[:supervisor])

    if context == :shutdown,
      do: Play.note("#{who} gives up, failed by #{id}"),
      else: Play.note("#{who} reports #{context} of #{id}: #{Play.text(report[:reason])}")
  end

  def log(%{msg: {:report, %{label: {:gen_server, :terminate}, name: who, reason: why}}}, _) do
    if label(who) != "", do: Play.note("#{label(who)}: crash report: #{Play.text(why)}")
  end

  def log(_, _), do: :ok

  defp child({:restarting, pid}), do: Play.label(pid)
  defp child(pid), do: Play.label(pid)

  defp label({:local, name}), do: label(name)
  defp label({pid, _module}) when is_pid(pid), do: Play.label(pid)
  defp label(pid) when is_pid(pid), do: Play.label(pid)

  defp label(name) do
    case Atom.to_string(name) do
      "play " <> id -> id
      _ -> ""
    end
  end
end

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
