// Reads blocks of bytes, each after its length (4 bytes, big-endian), and answers with a line of what Go's PEM reader takes.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"os"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		rest := make([]byte, size)
		if _, err := io.ReadFull(in, rest); err != nil {
			return
		}
		for {
			var block *pem.Block
			block, rest = pem.Decode(rest)
			if block == nil {
				break
			}
			fmt.Fprintf(out, "%x:%x ", block.Type, sha256.Sum256(block.Bytes))
		}
		fmt.Fprintln(out)
		out.Flush()
	}
}
