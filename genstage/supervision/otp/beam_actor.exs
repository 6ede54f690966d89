# Who plays in the scenarios on Erlang/OTP: servers that do what the steps say.

defmodule Play do
  @moduledoc "What all processes of a scenario share: the journal and who is who."

  @tables [:journal, :pids, :labels, :starts, :kinds]

  def open do
    for table <- @tables, do: :ets.new(table, [:named_table, :public, :ordered_set])
    for kind <- [:unique, :duplicate], do: {:ok, _} = Registry.start_link(keys: kind, name: kind)
  end

  def clear, do: for(table <- @tables, do: :ets.delete_all_objects(table))

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

  @doc "What a task does."
  def work("done"), do: "done"
  def work("crash"), do: raise("boom")
  def work("never"), do: Process.sleep(:infinity)

  def work(time) do
    Process.sleep(time)
    "#{time}"
  end

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
        {:ok, %{spec: spec, id: id, monitors: %{}, callers: [], timers: %{}, heard: 0}}

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
    {:noreply, %{state | heard: state.heard + 1}}
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

  defp act(["stop", _, whom, why], state) do
    outcome =
      try do
        GenServer.stop(Play.pid(whom), Play.reason(why), 5000)
        "ok"
      catch
        :exit, {:noproc, _} -> "had ended"
        :exit, {:calling_self, _} -> "refused"
        :exit, {other, _} -> "ended with #{Play.text(other)}"
      end

    Play.note("#{state.id}: stop of #{whom}: #{outcome}")
    {:noreply, state}
  end

  defp act(["register", _, kind, key], state) do
    outcome =
      case Registry.register(String.to_atom(kind), key, nil) do
        {:ok, _} -> "ok"
        {:error, {:already_registered, holder}} -> "held by #{Play.label(holder)}"
      end

    Play.note("#{state.id}: register #{key}: #{outcome}")
    {:noreply, state}
  end

  defp act(["unregister", _, kind, key], state) do
    Registry.unregister(String.to_atom(kind), key)
    {:noreply, state}
  end

  defp act(["task", _, top, task], state) do
    work = fn -> Play.work(task["work"]) end

    started =
      if task["linked"],
        do: Task.Supervisor.async(Play.name(top), work),
        else: Task.Supervisor.async_nolink(Play.name(top), work)

    Play.note("#{state.id}: task: #{outcome(task["how"], started, task["within"])}")
    {:noreply, state}
  end

  defp act(["stream", _, top, stream], state) do
    options = [
      ordered: stream["ordered"],
      max_concurrency: stream["at once"],
      timeout: stream["within"],
      on_timeout: :kill_task
    ]

    outcomes =
      Task.Supervisor.async_stream_nolink(Play.name(top), stream["work"], &Play.work/1, options)
      |> Enum.map_join(" ", fn
        {:ok, value} -> value
        {:exit, :timeout} -> "late"
        {:exit, _} -> "ended"
      end)

    Play.note("#{state.id}: stream: #{outcomes}")
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

  defp outcome("await", task, within) do
    "result #{Task.await(task, within)}"
  catch
    :exit, {:timeout, _} -> "no result in time"
    :exit, _ -> "ended"
  end

  defp outcome("yield", task, within), do: outcome(Task.yield(task, within))
  defp outcome("shutdown", task, 0), do: outcome(Task.shutdown(task, :brutal_kill))
  defp outcome("shutdown", task, within), do: outcome(Task.shutdown(task, within))

  defp outcome({:ok, value}), do: "result #{value}"
  defp outcome({:exit, _}), do: "ended"
  defp outcome(nil), do: "none"
end
