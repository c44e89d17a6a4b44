// The CPU runtime: the forward pass of model/transformer.h on packed weights, for one text or several.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "model/config.h"
#include "model/kv_cache.h"
#include "model/packed_matrix.h"
#include "model/rope.h"
#include "model/weights.h"

namespace dotmoe {

/// y = FFN(x) of a layer: x and y [T, D], contiguous fp32.
using RowsFeedForward =
    std::function<void(const float* x, std::int64_t tokens, float* y, std::int64_t layer)>;

/// What a pass adds to one of its texts: the next tokens, [T] int64, and the cache of those before them,
/// which grows by T.
struct TextPart {
    at::Tensor tokens;
    KvCache* cache;
};

/// All but the FFN. Attention and everything between the products are loops of our own: at one token an
/// operator of ATen costs as much as a small product.
class PackedTransformer {
  public:
    PackedTransformer(const ModelConfig& config, const Weights& weights, WeightFormat format);

    /// After the final norm, [T, D] fp32, T the tokens of all parts, one part below the other. Each weight is
    /// read once for all of them; a text attends to itself alone.
    at::Tensor hidden(const std::vector<TextPart>& parts, const RowsFeedForward& ffn) const;
    /// [T, D] -> [T, V] fp32.
    at::Tensor logits(const at::Tensor& hidden) const;

    /// Weights that one token reads: all, and of the embedding one row.
    std::int64_t bytes_per_token() const;

  private:
    struct Layer {
        PackedMatrix query_key_value, output;
        at::Tensor attention_norm, ffn_norm;
        at::Tensor bias, query_norm, key_norm;          ///< of the joined rows; undefined where there is none
        at::Tensor attention_post_norm, ffn_post_norm;  ///< undefined likewise
    };

    /// Attention(norm(x)) of each part with its cache, [T, D].
    at::Tensor attend(const at::Tensor& x, std::int64_t layer, const std::vector<TextPart>& parts) const;
    /// Of one part: projected [T, rows of q, k and v] -> its heads' mixed values, [T, heads * head_width].
    at::Tensor mix(at::Tensor projected, std::int64_t layer, KvCache& cache) const;
    /// The heads' own norms, then RoPE, in place.
    void rotate(at::Tensor& projected, std::int64_t layer, std::int64_t first_position) const;
    /// stream += y, normed first where the family does so.
    void add(at::Tensor& stream, const at::Tensor& y, const at::Tensor& post_norm) const;

    ModelConfig config_;
    at::Tensor embedding_, norm_;
    std::vector<Layer> layers_;
    PackedMatrix head_;
    RotaryEmbedding rotary_;
    std::optional<RotaryEmbedding> window_rotary_;  ///< of the layers with a window, if another
};

}  // namespace dotmoe
