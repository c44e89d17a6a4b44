// Keys and values of the tokens so far, so that the next token costs one row and not the whole text.
#pragma once

#include <ATen/ATen.h>

#include <utility>
#include <vector>

namespace dotmoe {

class KvCache {
  public:
    KvCache() = default;
    KvCache(KvCache&&) = default;
    KvCache& operator=(KvCache&&) = default;
    KvCache(const KvCache&) = delete;  // two copies would write the same rows
    KvCache& operator=(const KvCache&) = delete;

    /// Tokens held by a layer. Within a forward pass the layers already run are ahead of those still to come.
    std::int64_t length(std::int64_t layer = 0) const;

    /// Adds k and v [B, kv_heads, T, head_width] to a layer; returns all of its keys and values, [B,
    /// kv_heads, S, head_width]. They are views, good until the next append to the layer. Not differentiable.
    std::pair<at::Tensor, at::Tensor> append(std::int64_t layer, const at::Tensor& k, const at::Tensor& v);

    /// Room for `tokens` more rows of a layer beside what it holds, which is for the caller to fill: [B,
    /// kv_heads, tokens, head_width] of keys and of values, like k.
    std::pair<at::Tensor, at::Tensor> grow(std::int64_t layer, const at::Tensor& k, std::int64_t tokens);
    /// All keys and values of a layer, [B, kv_heads, S, head_width]: views, good until it grows.
    std::pair<at::Tensor, at::Tensor> rows(std::int64_t layer) const;

    /// The same text for `count` sequences, each of which goes on by itself. Of a cache of one sequence,
    /// which stays as it is.
    KvCache repeated(std::int64_t count) const;

  private:
    struct Layer {
        at::Tensor keys, values;  // [B, kv_heads, capacity, head_width]
        std::int64_t length = 0;
    };
    std::vector<Layer> layers_;
};

}  // namespace dotmoe
