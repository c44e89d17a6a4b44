#include "base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace dotmoe {

at::Tensor on_huge_pages(const at::Tensor& tensor) {
    constexpr std::uintptr_t page = 1 << 21;
    auto copy = at::empty(tensor.sizes(), tensor.options(), at::MemoryFormat::Contiguous);
    // Before the first touch, and only what is wholly ours. Advice: that it was not taken is no error.
    const auto begin = reinterpret_cast<std::uintptr_t>(copy.mutable_data_ptr()), end = begin + copy.nbytes();
    const auto first = (begin + page - 1) / page * page, last = end / page * page;
    if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
    return copy.copy_(tensor);
}

}  // namespace dotmoe
