package main

import (
	"context"
	"flag"
	"os"
	"slices"
	"syscall"
	"time"
)

// clock prints the system's time; the caller brackets the call with its own clock.
func clock(*flag.FlagSet) func(context.Context) error {
	return func(context.Context) error {
		print(map[string]any{"event": "clock", "unixNanos": time.Now().UnixNano()})
		return nil
	}
}

// fsync writes blocks as etcd's write-ahead log does and reports how long fdatasync takes.
func fsync(flags *flag.FlagSet) func(context.Context) error {
	directory := flags.String("directory", "", "where to write; the file is removed afterwards")
	count := flags.Int("count", 200, "blocks to write")
	size := flags.Int("size", 2300, "bytes a block; etcd's typical entry")
	return func(ctx context.Context) error {
		file, err := os.CreateTemp(*directory, ".kubewright-fsync-*")
		if err != nil {
			return err
		}
		defer os.Remove(file.Name())
		defer file.Close()
		block := make([]byte, *size)
		var taken []time.Duration
		for len(taken) < *count && ctx.Err() == nil {
			begin := time.Now()
			if _, err := file.Write(block); err != nil {
				return err
			}
			if err := datasync(file); err != nil {
				return err
			}
			taken = append(taken, time.Since(begin))
		}
		if len(taken) == 0 {
			return ctx.Err()
		}
		slices.Sort(taken)
		at := func(share float64) float64 { return milliseconds(taken[int(share*float64(len(taken)-1))]) }
		print(map[string]any{"event": "fsync", "directory": *directory, "count": len(taken), "medianMillis": at(0.5), "p99Millis": at(0.99), "maximumMillis": at(1)})
		return nil
	}
}

func datasync(file *os.File) error {
	return syscall.Fdatasync(int(file.Fd()))
}
