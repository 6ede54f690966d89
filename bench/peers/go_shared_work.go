// A counter and two that work about 1 us for each event, as in shared_work.cpp, with a channel of Go
// that both take from. Below a max_demand of 100 it holds events, from there on batches of half of
// it.
package main

import (
	"sync"
	"time"
)

const consumers = 2

func onEvents(wanted arguments) {
	between := make(chan int64, wanted.max)
	each(func() {
		result := uint64(0)
		for event := range between {
			result += work(uint64(event))
		}
		results <- result
	}, func() {
		for next := int64(0); next < wanted.events; next++ {
			between <- next
		}
		close(between)
	})
}

func onBatches(wanted arguments) {
	between := newLink[int64](wanted.batch(), consumers)
	each(func() {
		result := uint64(0)
		for taken := range between.forth {
			for _, event := range taken {
				result += work(uint64(event))
			}
			between.back <- taken
		}
		results <- result
	}, func() {
		count(between, wanted.events, wanted.batch(), fillNumbers)
		close(between.forth)
	})
}

// What consumers have computed, so that nothing of it can be left out.
var results = make(chan uint64, consumers)

// Runs the producer here and the consumers beside it, until all have ended.
func each(consume, produce func()) {
	var done sync.WaitGroup
	done.Add(consumers)
	for index := 0; index < consumers; index++ {
		go func() {
			consume()
			done.Done()
		}()
	}
	produce()
	done.Wait()
}

func main() {
	wanted := readArguments()
	begun := time.Now()
	if wanted.max < 100 {
		onEvents(wanted)
	} else {
		onBatches(wanted)
	}
	report(wanted.events, begun)
}
