# What the measurements of GenStage share.
defmodule Bench do
  # key=value arguments; what is a number by default is one.
  def arguments(defaults) do
    for pair <- System.argv(), into: defaults do
      [key, value] = String.split(pair, "=")
      key = String.to_atom(key)
      {key, if(is_binary(defaults[key]), do: value, else: String.to_integer(value))}
    end
  end

  # As options of a subscription.
  def demand(options), do: [max_demand: options.max, min_demand: div(options.max, 2)]

  # Answers a demand with the next numbers below a bound, and with the state after them.
  def numbers(demand, {next, bound}) do
    stop = min(next + demand, bound)
    {:noreply, Enum.to_list(next..(stop - 1)//1), {stop, bound}}
  end

  def since(begun), do: System.monotonic_time(:nanosecond) - begun

  # Prints what compare.py reads.
  def report(events, taken) do
    IO.puts("#{events} #{:erlang.float_to_binary(taken / 1.0e9, decimals: 9)}")
    System.halt(0)
  end
end

# Emits 0, 1, 2 ..., as many as are asked for.
defmodule Counter do
  use GenStage
  def init(_), do: {:producer, 0}

  def handle_demand(demand, next),
    do: {:noreply, Enum.to_list(next..(next + demand - 1)), next + demand}
end
