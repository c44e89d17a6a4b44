// Work on the rows of many problems, cut into blocks for the threads.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace dotmoe {

/// Blocks do not depend on the number of threads, so neither do sums over them.
struct RowBlocks {
    static constexpr std::int64_t kRows = 256;  ///< of a block
    static constexpr std::int64_t kGrain = 2;   ///< blocks that are worth a thread

    std::int64_t problems, rows;

    std::int64_t per_problem() const { return (rows + kRows - 1) / kRows; }

    /// work(block, problem, first row counted over all problems, rows of the block), on all threads.
    template <typename Work>
    void for_each(const Work& work) const {
        at::parallel_for(0, problems * per_problem(), kGrain, [&](std::int64_t first, std::int64_t end) {
            for (auto block = first; block < end; ++block) {
                const auto problem = block / per_problem(), row = block % per_problem() * kRows;
                work(block, problem, problem * rows + row, std::min(kRows, rows - row));
            }
        });
    }
};

}  // namespace dotmoe
