// 10,000 pipelines of a counter and an adder, as in many_pipelines.cpp, with channels of Go that hold
// max_demand events.
package main

import (
	"sync"
	"time"
)

const pipelines = 10000

func main() {
	wanted := readArguments()
	events := wanted.events / pipelines
	if events == 0 {
		events = 1
	}
	sums := make([]int64, pipelines)
	start := make(chan bool)
	var done sync.WaitGroup
	done.Add(pipelines)
	for index := range sums {
		between := make(chan int64, wanted.max)
		go func() {
			<-start
			for next := int64(0); next < events; next++ {
				between <- next
			}
			close(between)
		}()
		go func(sum *int64) {
			for event := range between {
				*sum += event
			}
			done.Done()
		}(&sums[index])
	}
	begun := time.Now()
	close(start)
	done.Wait()
	report(events*pipelines, begun)
	for _, sum := range sums {
		check(sum == events*(events-1)/2)
	}
}
