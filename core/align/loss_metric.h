// How much the loss feels a change of each layer's FFN output: the metric in which energies are measured.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "model/transformer.h"

namespace dotmoe {

/// F of each layer [D, D] fp32, mean diagonal 1: F ~ sum_t g_t g_t^T, g_t the gradient of -log p(y) at the
/// FFN's output for token t, with labels y drawn from the model itself. To second order a change d of that
/// output makes KL(dense || changed) = 1/2 d^T F d up to a factor (the Fisher matrix; Martens, arXiv
/// 1412.1193). windows [W, window] int64; the same seed draws the same labels. `on_window` is called after
/// each window, with how many are done.
std::vector<at::Tensor> loss_metrics(const Transformer& dense, const at::Tensor& windows, std::uint64_t seed,
                                     const std::function<void(std::int64_t)>& on_window = {});

}  // namespace dotmoe
