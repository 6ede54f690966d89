// The pipelines of pipelines.cpp with channels of Go. Below a max_demand of 100 a channel holds
// events, from there on batches of half of it. Nothing is only movable in Go; what is elsewhere is
// 1 KiB that is copied, which is what moving it would be.
package main

import (
	"strings"
	"time"
)

type bytes16 struct {
	number int64
	rest   [8]byte
}
type bytes256 struct {
	number int64
	rest   [248]byte
}
type bytes1024 struct {
	number int64
	rest   [1016]byte
}

func double(from, to link[int64], events int64) {
	for left := events; left > 0; {
		taken := <-from.forth
		made := (<-to.back)[:len(taken)]
		for index, event := range taken {
			made[index] = 2 * event
		}
		left -= int64(len(taken))
		to.forth <- made
		from.back <- taken
	}
}

func batches(stages, events, size int64) int64 {
	links := make([]link[int64], stages-1)
	for index := range links {
		links[index] = newLink[int64](size, 1)
	}
	go count(links[0], events, size, fillNumbers)
	for index := 1; index < len(links); index++ {
		go double(links[index-1], links[index], events)
	}
	return add(links[len(links)-1], events, sumOfNumbers)
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

// Two stages, and events of another kind.
func kind[T any](events, size int64, make func(number int64) T, number func(event *T) int64) int64 {
	between := newLink[T](size, 1)
	go count(between, events, size, func(batch []T, next int64) {
		for index := range batch {
			batch[index] = make(next)
			next++
		}
	})
	return add(between, events, func(batch []T) int64 {
		sum := int64(0)
		for index := range batch {
			sum += number(&batch[index])
		}
		return sum
	})
}

func letters(events, size int64) int64 {
	rest := strings.Repeat("x", 99)
	return kind(events, size,
		func(number int64) string { return string(rune('a'+number%16)) + rest },
		func(event *string) int64 { return int64((*event)[0]) - 'a' })
}

func sumOfLetters(events int64) int64 {
	rest := events % 16
	return events/16*120 + rest*(rest-1)/2
}

func main() {
	wanted := readArguments()
	stages, events, size := wanted.stages, wanted.events, wanted.batch()
	begun := time.Now()
	sum, expected := int64(0), (events*(events-1)/2)<<(stages-2)
	switch {
	case wanted.event == "16":
		sum = kind(events, size, func(number int64) bytes16 { return bytes16{number: number} },
			func(event *bytes16) int64 { return event.number })
	case wanted.event == "256":
		sum = kind(events, size, func(number int64) bytes256 { return bytes256{number: number} },
			func(event *bytes256) int64 { return event.number })
	case wanted.event == "move_only":
		sum = kind(events, size, func(number int64) bytes1024 { return bytes1024{number: number} },
			func(event *bytes1024) int64 { return event.number })
	case wanted.event == "string":
		sum, expected = letters(events, size), sumOfLetters(events)
	case wanted.max < 100 && stages == 2:
		sum = items(events, wanted.max)
	default:
		sum = batches(stages, events, size)
	}
	report(events, begun)
	check(sum == expected)
}
