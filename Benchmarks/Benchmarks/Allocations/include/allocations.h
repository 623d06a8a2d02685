#pragma once

#include <stdint.h>

/// Blocks of memory that the process has asked for since its start, on all threads.
uint64_t allocations_so_far(void);
