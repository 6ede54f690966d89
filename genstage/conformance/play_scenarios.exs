# Plays scenarios with the original and prints what was seen of them:
#
#     elixir --erl "+S 1" -pa $GEN_STAGE_EBIN play_scenarios.exs scenarios.txt > traces.txt
#
# The form of both files is described in scenario_text.hpp. After each step it waits until no actor
# has anything left to do; calls of callbacks and messages between actors are seen in the order of
# the actor that makes or sends them, because both are read from one trace.

defmodule Actor do
  use GenStage

  def init(plan), do: {kind(plan.kind), Map.merge(plan, %{next: 0, calls: 0, froms: %{}}), options(plan)}

  defp kind("producer"), do: :producer
  defp kind("producer_consumer"), do: :producer_consumer
  defp kind("consumer"), do: :consumer

  defp options(%{kind: "consumer"}), do: []

  defp options(plan) do
    demand = if plan.kind == "producer", do: [demand: plan.demand], else: []
    buffer = if plan.buffer, do: [buffer_size: plan.buffer], else: []
    [dispatcher: dispatcher(plan), buffer_keep: plan.keep] ++ demand ++ buffer
  end

  defp dispatcher(%{dispatcher: "demand", shuffles: true}),
    do: {GenStage.DemandDispatcher, shuffle_demands_on_first_dispatch: true}

  defp dispatcher(%{dispatcher: "demand"}), do: GenStage.DemandDispatcher
  defp dispatcher(%{dispatcher: "broadcast"}), do: GenStage.BroadcastDispatcher

  defp dispatcher(%{dispatcher: "partition", partitions: count, discard: discard}) do
    hash = fn event ->
      if discard != 0 and rem(event, discard) == 0, do: :none, else: {event, rem(event, count)}
    end

    {GenStage.PartitionDispatcher, partitions: count, hash: hash}
  end

  def handle_demand(demand, state) do
    note(state, "demand #{demand}")

    answer =
      case state.answers do
        [] -> {:noreply, [], state}
        ["exactly" | rest] -> emit(%{state | answers: rest}, demand)
        [count | rest] -> emit(%{state | answers: rest}, String.to_integer(count))
      end

    hint(answer, state.hibernates == "demand")
  end

  defp hint({:noreply, events, state}, true), do: {:noreply, events, state, :hibernate}
  defp hint(answer, _), do: answer

  def handle_events(events, {from, ref}, state) do
    note(state, ["events", {if(is_pid(from), do: :tag, else: :forgotten), ref}, events])
    state = %{state | calls: state.calls + 1}

    cond do
      state.calls == state.stop_at -> {:stop, :enough, state}
      state.calls == state.raise_at -> raise "boom"
      state.kind == "consumer" -> {:noreply, [], state}
      true -> {:noreply, transform(state.transform, events), state}
    end
  end

  defp transform("pass", events), do: events
  defp transform("none", _events), do: []
  defp transform("evens", events), do: Enum.filter(events, &(rem(&1, 2) == 0))
  defp transform("twice", events), do: Enum.flat_map(events, &[&1, &1 + 500])

  def handle_subscribe(role, options, {_, ref} = from, state) do
    note(state, ["join #{role}", {:tag, ref}])
    answer = if role == :producer, do: state.towards_producers, else: state.towards_consumers
    state = if role == :producer, do: put_in(state.froms[options[:tag]], from), else: state

    case answer do
      "automatic" -> {:automatic, state}
      "manual" -> {:manual, state}
      "stop" -> {:stop, :declined, state}
    end
  end

  def handle_cancel({cause, reason}, {_, ref}, state) do
    note(state, ["gone", {:peer, ref}, {:tag, ref}, "#{cause}", {:reason, reason}])

    cond do
      state.stop_when_left -> {:stop, :left, state}
      state.emit_when_left > 0 and state.kind != "consumer" -> emit(state, state.emit_when_left)
      true -> hint({:noreply, [], state}, state.hibernates == "cancel")
    end
  end

  def handle_cast({:emit, count}, state), do: emit(state, count)
  def handle_cast({:stop, reason}, state), do: {:stop, reason, state}
  def handle_cast(:raise, _state), do: raise("boom")

  def handle_cast({:ask, tag, count}, state) do
    if from = state.froms[tag], do: GenStage.ask(from, count)
    {:noreply, [], state}
  end

  def handle_info(message, state) do
    note(state, "info #{inspect(message)}")
    {:noreply, [], state}
  end

  def format_discarded(count, state) do
    note(state, "discard #{count}")
    false
  end

  def terminate(reason, state), do: note(state, ["terminate", {:reason, reason}])

  defp emit(state, count) do
    first = state.index * 1000 + state.next
    {:noreply, Enum.take(Stream.iterate(first, &(&1 + 1)), count), %{state | next: state.next + count}}
  end

  def note(state, what), do: send(state.driver, {:note, what})
end

defmodule Probe do
  def start(plan), do: {:ok, spawn(fn -> loop(Map.put(plan, :next, 0)) end)}

  defp loop(state) do
    receive do
      {:tell, peer, message, ref} ->
        send(peer, {:"$gen_producer", {self(), ref}, message})
        loop(state)

      {:send, peer, count, ref} ->
        first = state.index * 1000 + state.next
        events = Enum.take(Stream.iterate(first, &(&1 + 1)), count)
        send(peer, {:"$gen_consumer", {self(), ref}, events})
        loop(%{state | next: state.next + count})

      {:finish, peer, reason, ref} ->
        send(peer, {:"$gen_consumer", {self(), ref}, {:cancel, reason}})
        loop(state)

      {:ping, from, ref} ->
        send(from, {:pong, ref})
        loop(state)

      {_, {_, ref}, {:subscribe, _, _}} ->
        got(state, ["got subscribe", {:tag, ref}])

      {_, {_, ref}, {:ask, count}} ->
        got(state, ["got ask", {:tag, ref}, "#{count}"])

      {_, {_, ref}, {:cancel, reason}} ->
        got(state, ["got cancel", {:tag, ref}, {:reason, reason}])

      {_, {_, ref}, events} ->
        got(state, ["got deliver", {:tag, ref}, events])
    end
  end

  defp got(state, what) do
    Actor.note(state, what)
    loop(state)
  end
end

defmodule Player do
  @plan %{
    dispatcher: "demand", partitions: 2, discard: 0, buffer: nil, keep: :last, demand: :forward,
    answers: [], transform: "pass", towards_producers: "automatic", towards_consumers: "automatic",
    stop_at: 0, raise_at: 0, emit_when_left: 0, stop_when_left: false, hibernates: "never",
    shuffles: false
  }

  def main([path]) do
    :logger.set_primary_config(:level, :none)
    lines = path |> File.stream!() |> Stream.map(&String.trim_trailing(&1, "\n"))
    Enum.reduce(lines, nil, &line/2) |> finish()
  end

  defp line("", world), do: world
  defp line("#" <> _, world), do: world
  defp line("  " <> _, world), do: world

  defp line("scenario " <> _ = title, world) do
    finish(world)
    IO.puts(title)
    %{actors: %{}, plans: %{}, refs: %{}, peers: %{}}
  end

  defp line("do " <> operations = text, world) do
    IO.puts(text)
    world = operations |> String.split(" | ") |> Enum.reduce(world, &operation(String.split(&1), &2))
    world |> settle() |> show(world)
  end

  defp line(text, world) do
    IO.puts(text)
    [kind | options] = String.split(text)
    index = map_size(world.actors)
    plan = Enum.reduce(options, Map.merge(@plan, %{kind: kind, index: index, driver: self()}), &option/2)

    pid =
      case if(kind == "probe", do: Probe.start(plan), else: GenStage.start(Actor, plan)) do
        {:ok, pid} ->
          Process.monitor(pid)
          :erlang.trace(pid, true, [:send, {:tracer, self()}])
          pid

        {:error, _} ->
          {gone, monitor} = spawn_monitor(fn -> :ok end)
          receive do: ({:DOWN, ^monitor, _, _, _} -> gone)
      end

    %{world | actors: Map.put(world.actors, index, pid), plans: Map.put(world.plans, index, plan)}
  end

  defp option(text, plan) do
    [key, value] = String.split(text, "=")
    key = String.to_atom(key)
    Map.put(plan, key, value(key, value))
  end

  defp value(key, text) when key in [:partitions, :discard, :buffer, :stop_at, :raise_at, :emit_when_left],
    do: String.to_integer(text)

  defp value(key, text) when key in [:keep, :demand], do: String.to_atom(text)
  defp value(:answers, text), do: String.split(text, ",")
  defp value(key, text) when key in [:stop_when_left, :shuffles], do: text == "1"
  defp value(_key, text), do: text

  defp reason("shutdown:" <> detail), do: {:shutdown, String.to_atom(detail)}
  defp reason(text), do: String.to_atom(text)

  defp actor(world, text), do: world.actors[String.to_integer(text)]
  defp is_probe(world, text), do: world.plans[String.to_integer(text)].kind == "probe"

  defp terms(options) do
    for text <- options do
      case String.split(text, "=") do
        ["max", number] -> {:max_demand, String.to_integer(number)}
        ["min", number] -> {:min_demand, String.to_integer(number)}
        ["partition", number] -> {:partition, String.to_integer(number)}
        ["cancel", mode] -> {:cancel, String.to_atom(mode)}
        ["selector", "even"] -> {:selector, &(rem(&1, 2) == 0)}
        ["selector", "odd"] -> {:selector, &(rem(&1, 2) != 0)}
      end
    end
  end

  defp operation(["subscribe", who, peer, tag | options], world) do
    to = actor(world, peer)
    terms = terms(options) ++ [tag: tag]

    if is_probe(world, who) do
      ref = world.refs[tag] || make_ref()
      send(actor(world, who), {:tell, to, {:subscribe, nil, terms}, ref})
      know(world, tag, ref, who, peer)
    else
      GenStage.async_subscribe(actor(world, who), [to: to] ++ terms)
      expect(world, tag, who, peer)
    end
  end

  defp operation(["resubscribe", who, peer, tag, previous, why | options], world) do
    terms = [to: actor(world, peer)] ++ terms(options) ++ [tag: tag]
    GenStage.async_resubscribe(actor(world, who), world.refs[previous] || make_ref(), reason(why), terms)
    expect(world, tag, who, peer)
  end

  defp operation(["cancel", tag, why], world) do
    if ref = world.refs[tag] do
      {_, peer} = world.peers[tag]
      GenStage.cancel({actor(world, peer), ref}, reason(why))
    end

    world
  end

  defp operation(["ask", tag, count], world) do
    {who, peer} = world.peers[tag]
    count = String.to_integer(count)

    cond do
      not is_probe(world, who) -> GenStage.cast(actor(world, who), {:ask, tag, count})
      ref = world.refs[tag] -> send(actor(world, who), {:tell, actor(world, peer), {:ask, count}, ref})
      true -> :ok
    end

    world
  end

  defp operation(["send", tag, count], world) do
    {who, peer} = world.peers[tag]
    send(actor(world, peer), {:send, actor(world, who), String.to_integer(count), world.refs[tag]})
    world
  end

  defp operation(["finish", tag, why], world) do
    {who, peer} = world.peers[tag]
    send(actor(world, peer), {:finish, actor(world, who), reason(why), world.refs[tag]})
    world
  end

  defp operation([verb, who | rest], world) do
    pid = actor(world, who)

    case {verb, rest} do
      {"emit", [count]} -> GenStage.cast(pid, {:emit, String.to_integer(count)})
      {"stop", [why]} -> GenStage.cast(pid, {:stop, reason(why)})
      {"raise", []} -> GenStage.cast(pid, :raise)
      {"kill", []} -> Process.exit(pid, :kill)
      {"mode", [mode]} -> GenStage.demand(pid, String.to_atom(mode))
      {"info", [number]} -> GenStage.async_info(pid, String.to_integer(number))
      {"estimate", []} -> estimate(pid)
      {"query", []} -> query(pid)
    end

    world
  end

  defp estimate(pid) do
    if Process.alive?(pid) do
      send(self(), {:trace, pid, :send, {:note, "buffered #{GenStage.estimate_buffered_count(pid)}"}, self()})
    end
  end

  defp query(pid) do
    send(self(), {:trace, pid, :send, {:note, "mode #{GenStage.demand(pid)}"}, self()})
  catch
    :exit, _ -> :ok
  end

  defp know(world, tag, ref, who, peer) do
    refs = world.refs |> Map.put(tag, ref) |> Map.put(ref, tag)
    expect(%{world | refs: refs}, tag, who, peer)
  end

  defp expect(world, tag, who, peer), do: put_in(world.peers[tag], {who, peer})

  # Everything that was seen until nobody has anything left to do. Whatever goes from one actor to
  # another is traced, so a look at which all have answered and nothing was traced is a quiet one; an
  # actor's end tells others without a trace, hence several.
  defp settle(world, seen \\ [], quiet \\ 0)
  defp settle(_world, seen, 4), do: seen

  defp settle(world, seen, quiet) do
    for {index, pid} <- world.actors, do: answer(pid, world.plans[index].kind)

    for {_, pid} <- world.actors do
      delivered = :erlang.trace_delivered(pid)

      receive do
        {:trace_delivered, ^pid, ^delivered} -> :ok
      end
    end

    case take([]) do
      [] -> settle(world, seen, quiet + 1)
      fresh -> settle(world, seen ++ fresh, 0)
    end
  end

  defp answer(pid, "probe") do
    ref = Process.monitor(pid)
    send(pid, {:ping, self(), ref})

    receive do
      {:pong, ^ref} -> Process.demonitor(ref, [:flush])
      {:DOWN, ^ref, _, _, _} -> :ok
    end
  end

  defp answer(pid, _) do
    GenStage.estimate_buffered_count(pid)
  catch
    :exit, _ -> :ok
  end

  defp take(all) do
    receive do
      {:trace, _, _, {:pong, _}, _} -> take(all)
      {:trace, _, _, {[:alias | _], _}, _} -> take(all)
      {:trace, _, _, {ref, _}, _} when is_reference(ref) -> take(all)
      {:trace, pid, _, message, _} -> take([{pid, message} | all])
      {:DOWN, _, :process, pid, why} -> take([{pid, {:note, ["exit", {:reason, why}]}} | all])
      _ -> take(all)
    after
      0 -> Enum.reverse(all)
    end
  end

  defp show(seen, world) do
    indices = Map.new(world.actors, fn {index, pid} -> {pid, index} end)
    world = Enum.reduce(seen, world, &learn/2)

    for index <- 0..(map_size(world.actors) - 1)//1 do
      is_probe = world.plans[index].kind == "probe"

      texts =
        for {pid, message} <- seen, indices[pid] == index,
            text = told(message, world, index, is_probe), do: text

      if texts != [], do: IO.puts("  #{index}: #{Enum.join(texts, "; ")}")
    end

    world
  end

  defp learn({_, {:"$gen_producer", {_, ref}, {:subscribe, _, options}}}, world) do
    tag = options[:tag]
    %{world | refs: world.refs |> Map.put(tag, ref) |> Map.put(ref, tag)}
  end

  defp learn(_, world), do: world

  defp told({:note, text}, _world, _index, _probe) when is_binary(text), do: text

  defp told({:note, parts}, world, index, _probe),
    do: Enum.map_join(parts, " ", &part(&1, world, index)) |> String.trim_trailing()

  defp told(_message, _world, _index, true), do: nil

  defp told({:"$gen_producer", {_, ref}, {:subscribe, _, _}}, world, _, _), do: "subscribe #{world.refs[ref]}"
  defp told({:"$gen_producer", {_, ref}, {:ask, count}}, world, _, _), do: "ask #{world.refs[ref]} #{count}"

  defp told({_, {_, ref}, {:cancel, why}}, world, _, _) when is_reference(ref),
    do: "cancel #{world.refs[ref]} #{reason_text(why)}"

  defp told({:"$gen_consumer", {_, ref}, events}, world, index, _) when is_list(events),
    do: "deliver #{world.refs[ref]} #{part(events, world, index)}" |> String.trim_trailing()

  defp told(_message, _world, _index, _probe), do: nil

  defp part({:tag, ref}, world, _), do: world.refs[ref] || "t?"
  defp part({:forgotten, ref}, world, _), do: "#{world.refs[ref]}?"
  defp part({:reason, why}, _, _), do: reason_text(why)
  defp part(events, _, _) when is_list(events), do: Enum.join(events, " ")
  defp part(text, _, _) when is_binary(text), do: text

  defp part({:peer, ref}, world, index) do
    {who, _} = world.peers[world.refs[ref]]
    if who == "#{index}", do: "producer", else: "consumer"
  end

  defp reason_text({:shutdown, detail}), do: "shutdown:#{detail}"
  defp reason_text({:bad_return_value, _}), do: "bad_return_value"
  defp reason_text(why) when is_atom(why), do: "#{why}"
  defp reason_text(_), do: "error"

  defp finish(nil), do: :ok

  defp finish(world) do
    for {_, pid} <- world.actors, do: Process.exit(pid, :kill)
    settle(world)
  end
end

Player.main(System.argv())
