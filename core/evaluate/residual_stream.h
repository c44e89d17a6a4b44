// The residual stream between the layers, and what it says when read out early.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "model/transformer.h"

namespace dotmoe {

/// x before each layer and after the last: [L + 1] of [B, T, D].
std::vector<at::Tensor> residual_stream(const Transformer& transformer, const at::Tensor& tokens,
                                        const FeedForward& ffn);

/// What the model makes of the stream when one layer alone has another FFN: its stream after the last layer,
/// [L] of [B, T, D], with `other` in layer 0, 1, ... `stream` as residual_stream gives it. on_layer, where
/// given, is called before each.
std::vector<at::Tensor> with_one_layer_changed(const Transformer& transformer,
                                               const std::vector<at::Tensor>& stream, const FeedForward& ffn,
                                               const FeedForward& other,
                                               const std::function<void()>& on_layer = {});

/// x [.., D] read out as if no layer followed (the logit lens, nostalgebraist 2020): logits [.., V] fp32.
/// After the last layer they are the model's own.
at::Tensor logits_of_stream(const Transformer& transformer, const at::Tensor& x);

/// KL(p || q) in nats, p and q given by logits [.., V]: [..].
at::Tensor divergence(const at::Tensor& p_logits, const at::Tensor& q_logits);

}  // namespace dotmoe
