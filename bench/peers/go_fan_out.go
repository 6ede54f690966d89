// The fan-outs of fan_out.cpp with channels of Go: batches of half of max_demand. By demand, four
// goroutines take from one channel; a broadcast and a partition have a channel for each. There is
// no demand in it: a channel bounds what is between two goroutines, and that is all.
package main

import (
	"sync"
	"time"
)

const consumers = 4

func addUntilClosed(from link[int64], sum *int64, done *sync.WaitGroup, recycles bool) {
	defer done.Done()
	part := int64(0)
	for taken := range from.forth {
		part += sumOfNumbers(taken)
		if recycles {
			from.back <- taken[:0]
		}
	}
	*sum = part
}

func produce(how string, links []link[int64], events, size int64) {
	next := int64(0)
	open := make([][]int64, consumers)
	for next < events {
		end := next + size
		if end > events {
			end = events
		}
		switch how {
		case "broadcast": // Shared, so it can't be recycled.
			batch := make([]int64, 0, size)
			for ; next < end; next++ {
				batch = append(batch, next)
			}
			for _, each := range links {
				each.forth <- batch
			}
		case "partition":
			for ; next < end; next++ {
				to := next % consumers
				if open[to] == nil {
					open[to] = <-links[to].back
				}
				open[to] = append(open[to], next)
				if int64(len(open[to])) == size {
					links[to].forth <- open[to]
					open[to] = nil
				}
			}
		default:
			batch := <-links[0].back
			for ; next < end; next++ {
				batch = append(batch, next)
			}
			links[0].forth <- batch
		}
	}
	for index, each := range links {
		if len(open[index]) > 0 {
			each.forth <- open[index]
		}
	}
}

func main() {
	wanted := readArguments()
	how, events, size := wanted.how, wanted.events, wanted.batch()
	links := []link[int64]{newLink[int64](size, 1)}
	for how != "demand" && len(links) < consumers {
		links = append(links, newLink[int64](size, 1))
	}
	sums := make([]int64, consumers)
	var done sync.WaitGroup
	done.Add(consumers)
	begun := time.Now()
	for index := range sums {
		go addUntilClosed(links[index%len(links)], &sums[index], &done, how != "broadcast")
	}
	produce(how, links, events, size)
	for _, each := range links {
		close(each.forth)
	}
	done.Wait()
	delivered := events
	if how == "broadcast" {
		delivered *= consumers
	}
	report(delivered, begun)
	sum := int64(0)
	for _, each := range sums {
		sum += each
	}
	check(sum == events*(events-1)/2*(delivered/events))
}
