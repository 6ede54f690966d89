// The measurements of processes.cpp with goroutines and Go's timers, on one thread; what wakes comes
// from a second.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"time"
)

const (
	idles  = 1000000
	spawns = 1000000
	calls  = 1000000
	timers = 1000000
	wakes  = 2000
)

func printEach(what string, begun time.Time, count int) {
	fmt.Printf("%s %.1f ns\n", what, float64(time.Since(begun).Nanoseconds())/float64(count))
}

func idle() {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	never := make(chan bool)
	for index := 0; index < idles; index++ {
		go func() { <-never }()
	}
	runtime.Gosched()
	runtime.ReadMemStats(&after)
	fmt.Printf("idle %.1f bytes\n", float64(after.Sys-before.Sys)/idles)
}

func chain(left int, done chan bool) {
	if left > 0 {
		go chain(left-1, done)
	} else {
		done <- true
	}
}

func spawnAndExit() {
	done := make(chan bool)
	begun := time.Now()
	go chain(spawns, done)
	<-done
	printEach("spawn_and_exit", begun, spawns)
}

func callAndReply() {
	asked, answered := make(chan int), make(chan int)
	go func() {
		for range asked {
			answered <- 1
		}
	}()
	begun := time.Now()
	for index := 0; index < calls; index++ {
		asked <- 1
		<-answered
	}
	printEach("call_and_reply", begun, calls)
}

func armAndCancel() {
	armed := make([]*time.Timer, timers)
	begun := time.Now()
	for index := range armed {
		armed[index] = time.AfterFunc(time.Hour+time.Duration(index%1000), func() {})
	}
	for _, each := range armed {
		each.Stop()
	}
	printEach("timer", begun, timers)
}

func wake() {
	runtime.GOMAXPROCS(2)
	sent := make(chan time.Time)
	seen := make([]int, 0, wakes)
	done := make(chan bool)
	go func() {
		for at := range sent {
			seen = append(seen, int(time.Since(at).Nanoseconds()))
		}
		done <- true
	}()
	// A thread of its own, since a goroutine would hand over its own.
	runtime.LockOSThread()
	for index := 0; index < wakes; index++ {
		time.Sleep(200 * time.Microsecond)
		sent <- time.Now()
	}
	close(sent)
	<-done
	sort.Ints(seen)
	fmt.Printf("wake_p50 %d ns\nwake_p99 %d ns\n", seen[wakes/2], seen[wakes*99/100])
}

func main() {
	runtime.GOMAXPROCS(1)
	measurements := map[string]func(){"idle": idle, "spawn_and_exit": spawnAndExit,
		"call_and_reply": callAndReply, "timer": armAndCancel, "wake": wake}
	if len(os.Args) > 1 && measurements[os.Args[1]] != nil {
		measurements[os.Args[1]]()
		return
	}
	fmt.Fprintln(os.Stderr, "usage: go_processes idle|spawn_and_exit|call_and_reply|timer|wake")
	os.Exit(2)
}
