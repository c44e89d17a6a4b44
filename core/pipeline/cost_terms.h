// The arithmetic of a conversion: the one place that counts its work. Letters of METHOD.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/inspect.h"

namespace dotmoe {

/// What a job asks of the machine: floating point operations of matrix products, in the format that judges
/// (sums over a text are in it too) or in the alignment's, and bytes that everything between them (norms,
/// activation functions, masks, softmax) reads and writes.
struct Work {
    double judged_flops = 0, aligned_flops = 0, bytes = 0;
    Work operator+(const Work& other) const {
        return {judged_flops + other.judged_flops, aligned_flops + other.aligned_flops, bytes + other.bytes};
    }
    Work operator*(double times) const {
        return {judged_flops * times, aligned_flops * times, bytes * times};
    }
};

/// Bytes of a weight in the formats of a conversion: that which it is judged in (base/compute.h), and that of
/// its alignment (base/alignment_compute.h).
struct WeightBytes {
    double judged = 0, aligned = 0;
};

/// The model and the recipe as doubles, so that no product of untrusted counts overflows.
class CostTerms {
  public:
    /// `recipe` as it is converted by (align/splits/product_key_split.h).
    CostTerms(const ModelSummary& model, const Recipe& recipe, const WeightBytes& bytes);

    /// The dense model's hidden states of the held-out text.
    Work dense_states() const { return judged_forward(held_out); }
    /// One judgement of held-out text: the model judged, and its and the dense model's predictions.
    Work judgement() const { return judged_forward(held_out) + judged_vocabulary(held_out) * 2; }
    /// The energies' metric: a pass forward and back through frozen weights, and the vocabulary twice.
    Work metric() const;
    /// One layer of the layer-wise phase: its alternation, its refinement, the split to compare with, and
    /// moving the text on.
    Work layer() const;
    /// METHOD §4.
    Work global_step() const;
    /// METHOD §11: the output projections of all layers.
    Work fit() const;
    /// METHOD §11.
    Work recovery_step() const;
    /// What ends a conversion beside its judgement: raising dead experts, the layers' errors, and measuring
    /// the speed.
    Work finish() const;

    struct Phase {
        CostPhase phase;
        Work work;
    };
    /// All of it, in order. Loading is no work of these terms.
    std::vector<Phase> conversion() const;

    /// The largest of loading, the layer-wise phase, the fit, a training step and measuring the speed, over
    /// the weights in both formats; bytes.
    double memory() const;
    /// The conversion and its checkpoint at their largest, bytes.
    double disk() const;
    std::int64_t train_tokens() const;

  private:
    Work computed_again() const;
    double forward_flops(double tokens) const;
    double forward_bytes(double tokens, double weight_bytes) const;
    Work judged_forward(double tokens) const {
        return {forward_flops(tokens), 0, forward_bytes(tokens, bytes_.judged)};
    }
    Work aligned_forward(double tokens) const {
        return {0, forward_flops(tokens), forward_bytes(tokens, bytes_.aligned)};
    }
    double vocabulary_bytes(double tokens) const;
    Work judged_vocabulary(double tokens) const { return {tokens * 2 * D * V, 0, vocabulary_bytes(tokens)}; }
    Work aligned_vocabulary(double tokens) const { return {0, tokens * 2 * D * V, vocabulary_bytes(tokens)}; }
    Work energies(double tokens) const;
    Work alternating_round(double tokens) const;
    Work split(double tokens) const;
    Work refinement() const;
    bool random_has_own_text() const {
        return recipe_.layerwise.sequential && recipe_.layerwise.random_baseline;
    }
    double attention_weights() const { return 2 * D * heads + 2 * D * kv_heads; }
    double ffn_weights() const { return 3 * D * N; }
    double layer_weights() const { return L * (attention_weights() + ffn_weights()); }

    Recipe recipe_;
    WeightBytes bytes_;
    double L, D, N, V, E, columns, heads, kv_heads, window, parameters, file_bytes;
    double calibration, held_out, batch;  ///< tokens
};

}  // namespace dotmoe
