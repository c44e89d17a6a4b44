#include "base/alignment_compute.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace dotmoe {
namespace {

/// The kernel's word for it; libtorch asks the processor itself.
bool has_bf16_dot_products() {
    std::ifstream file("/proc/cpuinfo");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.find(" avx512_bf16") != std::string::npos;
}

TEST(AlignmentCompute, IsBf16WhereTheProcessorMultipliesIt) {
    const Compute fp32{at::kCPU, at::kFloat};
    const auto alignment = alignment_compute(fp32);
    EXPECT_TRUE(alignment.device.is_cpu());
    EXPECT_EQ(alignment.dtype, has_bf16_dot_products() ? at::kBFloat16 : at::kFloat);
}

TEST(AlignmentCompute, LeavesAnotherDeviceAlone) {
    const Compute cuda{at::Device(at::kCUDA, 0), at::kHalf};
    const auto alignment = alignment_compute(cuda);
    EXPECT_EQ(alignment.device, cuda.device);
    EXPECT_EQ(alignment.dtype, at::kHalf);
}

}  // namespace
}  // namespace dotmoe
