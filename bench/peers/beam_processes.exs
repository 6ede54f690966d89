# The measurements of processes.cpp with processes of the BEAM, for `elixir --erl "+S 1:1 +P 2000000"`.
defmodule Idle do
  use GenServer
  def init(_), do: {:ok, 0}
  def handle_call(:get, _from, answered), do: {:reply, answered + 1, answered + 1}
end

defmodule Measure do
  @idle 1_000_000
  @spawns 1_000_000
  @calls 1_000_000
  @timers 1_000_000

  def idle do
    before = :erlang.memory(:total)
    all = for _ <- 1..@idle, do: spawn(fn -> receive do: (:stop -> :ok) end)
    IO.puts("idle #{Float.round((:erlang.memory(:total) - before) / @idle, 1)} bytes")
    length(all)
  end

  defp chain(0, done), do: send(done, :done)
  defp chain(left, done), do: spawn(fn -> chain(left - 1, done) end)

  def spawn_and_exit do
    here = self()

    each("spawn_and_exit", @spawns, fn ->
      chain(@spawns, here)
      receive do: (:done -> :ok)
    end)
  end

  def call_and_reply do
    {:ok, callee} = GenServer.start(Idle, nil)
    each("call_and_reply", @calls, fn -> for _ <- 1..@calls, do: GenServer.call(callee, :get) end)
  end

  def timer do
    each("timer", @timers, fn ->
      armed = for _ <- 1..@timers, do: Process.send_after(self(), :due, 3_600_000)
      Enum.each(armed, &Process.cancel_timer/1)
    end)
  end

  defp each(what, count, work) do
    {microseconds, _} = :timer.tc(work)
    IO.puts("#{what} #{Float.round(microseconds * 1000 / count, 1)} ns")
  end
end

case System.argv() do
  ["idle"] -> Measure.idle()
  ["spawn_and_exit"] -> Measure.spawn_and_exit()
  ["call_and_reply"] -> Measure.call_and_reply()
  ["timer"] -> Measure.timer()
end
