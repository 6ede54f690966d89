// What goroutines need to hand recycled batches to each other: a channel, and one back for their
// storage. There is no demand in it: a channel bounds what is between two goroutines, and that is
// all.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

type arguments struct {
	stages, max, events, workers int64
	how, event                   string
}

// Reads key=value arguments, and takes so many threads.
func readArguments() arguments {
	wanted := arguments{2, 1000, 1000000, 1, "demand", "int"}
	numbers := map[string]*int64{"stages": &wanted.stages, "max": &wanted.max,
		"events": &wanted.events, "workers": &wanted.workers}
	for _, pair := range os.Args[1:] {
		key, value, _ := strings.Cut(pair, "=")
		if number, found := numbers[key]; found {
			*number, _ = strconv.ParseInt(value, 10, 64)
		} else if key == "how" {
			wanted.how = value
		} else if key == "event" {
			wanted.event = value
		}
	}
	runtime.GOMAXPROCS(int(wanted.workers))
	return wanted
}

func (wanted arguments) batch() int64 { return wanted.max - wanted.max/2 }

type link[T any] struct {
	forth chan []T
	back  chan []T
}

func newLink[T any](size int64, senders int) link[T] {
	made := link[T]{make(chan []T, senders), make(chan []T, 16*senders)}
	for spare := 0; spare < 3*senders; spare++ {
		made.back <- make([]T, 0, size)
	}
	return made
}

// Sends the events of 0, 1, 2 ..., in batches.
func count[T any](to link[T], events, size int64, fill func(batch []T, next int64)) {
	for next := int64(0); next < events; {
		if events-next < size {
			size = events - next
		}
		batch := (<-to.back)[:size]
		fill(batch, next)
		next += size
		to.forth <- batch
	}
}

func fillNumbers(batch []int64, next int64) {
	for index := range batch {
		batch[index] = next
		next++
	}
}

// Adds up what comes until there is no more, or as many events as are wanted.
func add[T any](from link[T], events int64, sumOf func(batch []T) int64) int64 {
	sum := int64(0)
	for left := events; left > 0; {
		taken := <-from.forth
		sum += sumOf(taken)
		left -= int64(len(taken))
		from.back <- taken
	}
	return sum
}

func sumOfNumbers(batch []int64) int64 {
	sum := int64(0)
	for _, event := range batch {
		sum += event
	}
	return sum
}

// About 1 us: a chain of multiplications, as work.hpp has it.
func work(seed uint64) uint64 {
	for step := 0; step < 700; step++ {
		seed = seed*6364136223846793005 + 1442695040888963407
	}
	return seed
}

// Prints what compare.py reads.
func report(events int64, begun time.Time) {
	fmt.Printf("%d %.9f\n", events, time.Since(begun).Seconds())
}

func check(isRight bool) {
	if !isRight {
		fmt.Fprintln(os.Stderr, "the sum is wrong")
		os.Exit(1)
	}
}
