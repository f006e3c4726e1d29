#define _GNU_SOURCE
#include "probe/memory.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe/layout.h"
#include "probe/probe.h"

#include "base/banned.h"

enum { BYTES_MOST = 16 * 1024 * 1024 };

bool memory_read(uint64_t address, void *target, size_t size)
{
    struct iovec to = {target, size};
    struct iovec from = {(void *)(uintptr_t)address, size};
    int error = errno;
    long got = syscall(SYS_process_vm_readv, (long)probe.pid, &to, 1L, &from, 1L, 0L);
    errno = error;
    return got == (long)size;
}

bool memory_read_word(uint64_t address, uint64_t *word)
{
    return memory_read(address, word, sizeof *word);
}

bool bytes_open(ByteReader *reader, uint64_t object)
{
    uint64_t count;
    if (!memory_read_word(object + SIZED_COUNT, &count) || count > BYTES_MOST) return false;
    reader->address = object + BYTES_START;
    reader->end = reader->address + count;
    reader->at = reader->filled = 0;
    return true;
}

static bool bytes_fill(ByteReader *reader)
{
    size_t left = (size_t)(reader->end - reader->address);
    size_t size = left < sizeof reader->block ? left : sizeof reader->block;
    if (!size || !memory_read(reader->address, reader->block, size)) return false;
    reader->address += size;
    reader->at = 0;
    reader->filled = size;
    return true;
}

int bytes_next(ByteReader *reader)
{
    if (reader->at == reader->filled && !bytes_fill(reader)) return -1;
    return reader->block[reader->at++];
}
