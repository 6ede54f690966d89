// The fan-outs of fan_out.cpp with channels of Go: batches of half of max_demand. By demand, four
// goroutines take from one channel; a broadcast and a partition have a channel for each. There is
// no demand in it: a channel bounds what is between two goroutines, and that is all.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

const consumers = 4

type link struct {
	forth chan []int64
	back  chan []int64
}

func newLink(size int64) link {
	made := link{make(chan []int64, 1), make(chan []int64, 16)}
	for spare := 0; spare < 3; spare++ {
		made.back <- make([]int64, 0, size)
	}
	return made
}

func add(from link, sum *int64, done *sync.WaitGroup, recycles bool) {
	defer done.Done()
	part := int64(0)
	for taken := range from.forth {
		for _, event := range taken {
			part += event
		}
		if recycles {
			from.back <- taken[:0]
		}
	}
	*sum = part
}

func produce(how string, links []link, events, size int64) {
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
	wanted := map[string]int64{"max": 1000, "events": 1000000, "workers": 1}
	how := "demand"
	for _, pair := range os.Args[1:] {
		key, value, _ := strings.Cut(pair, "=")
		if key == "how" {
			how = value
		} else {
			wanted[key], _ = strconv.ParseInt(value, 10, 64)
		}
	}
	runtime.GOMAXPROCS(int(wanted["workers"]))
	most, events := wanted["max"], wanted["events"]
	size := most - most/2
	links := []link{newLink(size)}
	for how != "demand" && len(links) < consumers {
		links = append(links, newLink(size))
	}
	sums := make([]int64, consumers)
	var done sync.WaitGroup
	done.Add(consumers)
	begun := time.Now()
	for index := range sums {
		go add(links[index%len(links)], &sums[index], &done, how != "broadcast")
	}
	produce(how, links, events, size)
	for _, each := range links {
		close(each.forth)
	}
	done.Wait()
	taken := time.Since(begun).Seconds()
	delivered := events
	if how == "broadcast" {
		delivered *= consumers
	}
	sum := int64(0)
	for _, each := range sums {
		sum += each
	}
	if sum != events*(events-1)/2*(delivered/events) {
		fmt.Fprintln(os.Stderr, "the sum is wrong")
		os.Exit(1)
	}
	fmt.Printf("%d %.6f\n", delivered, taken)
}
