// Four counters and one that adds up, as in fan_in.cpp, with channels of Go: all counters send into
// one.
package main

import "time"

func main() {
	const producers = 4
	wanted := readArguments()
	each := wanted.events / producers
	between := newLink[int64](wanted.batch(), producers)
	begun := time.Now()
	for index := 0; index < producers; index++ {
		go count(between, each, wanted.batch(), fillNumbers)
	}
	sum := add(between, each*producers, sumOfNumbers)
	report(each*producers, begun)
	check(sum == each*(each-1)/2*producers)
}
