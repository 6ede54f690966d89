// The pipelines of pipelines.cpp with channels of Go. Below a max_demand of 100 a channel holds
// events, from there on batches of half of it, whose storage goes back over a second channel. There
// is no demand in it: a channel bounds what is between two goroutines, and that is all.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

type link struct {
	forth chan []int64
	back  chan []int64
}

func count(to link, events, size int64) {
	for next := int64(0); next < events; {
		batch := <-to.back
		if events-next < size {
			size = events - next
		}
		batch = batch[:size]
		for index := range batch {
			batch[index] = next
			next++
		}
		to.forth <- batch
	}
	close(to.forth)
}

func double(from, to link) {
	for taken := range from.forth {
		made := (<-to.back)[:len(taken)]
		for index, event := range taken {
			made[index] = 2 * event
		}
		to.forth <- made
		from.back <- taken
	}
	close(to.forth)
}

func batches(stages, events, size int64) int64 {
	links := make([]link, stages-1)
	for index := range links {
		links[index] = link{make(chan []int64, 1), make(chan []int64, 4)}
		for spare := 0; spare < 3; spare++ {
			links[index].back <- make([]int64, size)
		}
	}
	go count(links[0], events, size)
	for index := 1; index < len(links); index++ {
		go double(links[index-1], links[index])
	}
	last := links[len(links)-1]
	sum := int64(0)
	for taken := range last.forth {
		for _, event := range taken {
			sum += event
		}
		last.back <- taken
	}
	return sum
}

func items(events, capacity int64) int64 {
	between := make(chan int64, capacity)
	go func() {
		for next := int64(0); next < events; next++ {
			between <- next
		}
		close(between)
	}()
	sum := int64(0)
	for event := range between {
		sum += event
	}
	return sum
}

func main() {
	wanted := map[string]int64{"stages": 2, "max": 1000, "events": 1000000, "workers": 1}
	for _, pair := range os.Args[1:] {
		key, value, _ := strings.Cut(pair, "=")
		wanted[key], _ = strconv.ParseInt(value, 10, 64)
	}
	runtime.GOMAXPROCS(int(wanted["workers"]))
	stages, most, events := wanted["stages"], wanted["max"], wanted["events"]
	begun := time.Now()
	sum := int64(0)
	if most < 100 && stages == 2 {
		sum = items(events, most)
	} else {
		sum = batches(stages, events, most-most/2)
	}
	taken := time.Since(begun).Seconds()
	if sum != (events*(events-1)/2)<<(stages-2) {
		fmt.Fprintln(os.Stderr, "the sum is wrong")
		os.Exit(1)
	}
	fmt.Printf("%d %.6f\n", events, taken)
}
