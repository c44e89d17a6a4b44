// Large memory with few entries in the processor's page table.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// A contiguous copy of a CPU tensor on huge pages, where the system has some to give: reads that jump
/// between blocks then miss the translation cache less.
at::Tensor on_huge_pages(const at::Tensor& tensor);

}  // namespace dotmoe
