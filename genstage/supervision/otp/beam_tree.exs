# Supervisors of the scenarios on Erlang/OTP, and what OTP's logger says of them.

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

  def start_link(%{"tasks" => true} = spec) do
    started = Task.Supervisor.start_link(name: Play.name(spec["id"]))
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

  defp child({:restarting, pid}), do: child(pid)

  defp child(pid) do
    label = Play.label(pid)
    if label == "the world", do: "task", else: label
  end

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
