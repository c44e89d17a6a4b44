// How the CPU runtime keeps weights; it computes in fp32 whatever the format. No torch in this header.
#pragma once

#include <string_view>

namespace dotmoe {

enum class WeightFormat { fp32, bf16 };

/// "fp32" or "bf16"; throws UsageError on anything else.
WeightFormat parse_weight_format(std::string_view text);

}  // namespace dotmoe
