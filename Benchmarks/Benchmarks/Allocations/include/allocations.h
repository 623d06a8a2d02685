#pragma once

#include <stdint.h>

/// The number of allocations of the process since its start, on all threads.
uint64_t allocations_so_far(void);
