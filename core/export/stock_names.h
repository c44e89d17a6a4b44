// Tensors that a stock architecture's checkpoint holds, for the reader of exports.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "export/stock_config.h"

namespace dotmoe {

/// Name -> shape of every tensor in the checkpoint, as transformers' modules of that architecture declare
/// them.
std::map<std::string, std::vector<std::int64_t>> stock_shapes(const StockConfig& config);

}  // namespace dotmoe
