// How the CPU runtime keeps weights; it computes in fp32 whatever the format. No torch in this header.
#pragma once

#include <string_view>

namespace dotmoe {

enum class WeightFormat {
    fp32,
    bf16,
    int8  ///< whole numbers of -127 to 127, a scale for each 64 weights of an output
};

/// "fp32", "bf16" or "int8"; throws UsageError on anything else.
WeightFormat parse_weight_format(std::string_view text);

}  // namespace dotmoe
