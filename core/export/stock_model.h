// An exported model read back from its files and run as its stock architecture would: the judge of exports.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <string>
#include <vector>

#include "export/stock_config.h"
#include "export/stock_moe.h"
#include "formats/safetensors.h"

namespace dotmoe {

/// How a forward pass departs from the files.
struct StockVariant {
    std::int64_t active = 0;  ///< experts a token
    double routed_scale = 1;  ///< factor on the mixed experts' output
    double router_scale = 1;  ///< factor on the router's logits
};

struct StockRun {
    at::Tensor logits;                ///< [T, V]
    std::vector<StockRoutes> routes;  ///< [L]
};

class StockModel {
  public:
    /// Reads config.json and opens model.safetensors. Throws Error naming the first tensor that is missing,
    /// not expected, of a wrong shape, not fp32, or not finite.
    explicit StockModel(const std::filesystem::path& folder);

    const StockConfig& config() const { return config_; }

    /// As the files say.
    StockVariant as_exported() const { return {config_.active, 1.0, 1.0}; }
    /// k = E with silent routers, so that each expert weighs exactly 1/E in either order of work. The files
    /// hold k times the down projections, for weights of 1/k: E/k makes the sum of the experts whole again.
    StockVariant all_experts() const;

    /// Causal forward pass of one sequence, tokens [T] int64. Weights are read from the mapped file layer by
    /// layer.
    StockRun forward(const at::Tensor& tokens, const StockVariant& variant) const;

  private:
    at::Tensor tensor(const std::string& name) const;
    at::Tensor attend(const at::Tensor& x, const std::string& layer) const;
    at::Tensor feed_forward(const at::Tensor& x, const std::string& layer, const StockVariant& variant,
                            StockRun& run) const;

    StockConfig config_;
    safetensors::File file_;
};

}  // namespace dotmoe
