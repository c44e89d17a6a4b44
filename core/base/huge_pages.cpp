#include "base/huge_pages.h"

#include <sys/mman.h>

#include <memory>

namespace dotmoe {

at::Tensor on_huge_pages(const at::Tensor& tensor) {
    constexpr std::size_t page = 1 << 21;
    auto copy = at::empty(tensor.sizes(), tensor.options(), at::MemoryFormat::Contiguous);
    // Before the first touch, and only what is wholly ours. Advice: that it was not taken is no error.
    void* first = copy.mutable_data_ptr();
    auto bytes = copy.nbytes();
    if (std::align(page, page, first, bytes)) ::madvise(first, bytes / page * page, MADV_HUGEPAGE);
    return copy.copy_(tensor);
}

}  // namespace dotmoe
