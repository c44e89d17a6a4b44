// Name, place and shape of every weight of a dense model, in GGUF and in Hugging Face's files: one table for
// the readers and the writer.
#pragma once

#include <string>
#include <vector>

#include "model/config.h"
#include "model/weights.h"

namespace dotmoe {

/// blk.LAYER.GGUF and model.layers.LAYER.HUGGINGFACE, and where it belongs in LayerWeights.
struct LayerTensor {
    std::string gguf, huggingface;
    at::Tensor LayerWeights::*field;
    std::vector<std::int64_t> shape;
};

/// Outside the layers.
struct GlobalTensor {
    std::string gguf, huggingface;
    at::Tensor Weights::*field;
    std::vector<std::int64_t> shape;
};

std::vector<LayerTensor> layer_tensors(const ModelConfig& config);

/// Without the head where the embeddings are tied.
std::vector<GlobalTensor> global_tensors(const ModelConfig& config);

std::string gguf_name(const LayerTensor& tensor, std::int64_t layer);
std::string huggingface_name(const LayerTensor& tensor, std::int64_t layer);

/// llama.cpp keeps the q and k rows of architecture llama in interleaved RoPE order: in each head, its row
/// 2i+j is row j*head_width/2 + i in half-split (Hugging Face) order. rows [heads*head_width, D]; both are
/// each other's inverse.
at::Tensor interleaved_to_half_split(const at::Tensor& rows, std::int64_t head_width);
at::Tensor half_split_to_interleaved(const at::Tensor& rows, std::int64_t head_width);

/// Of Hugging Face's files: a norm kept as what it differs from 1 by (Gemma), which a GGUF is not.
bool is_offset_norm(const std::vector<std::int64_t>& shape, const ModelConfig& config);

/// True for the tensors of a GGUF that the two functions above are for.
bool is_interleaved(const LayerTensor& tensor, const ModelConfig& config);

}  // namespace dotmoe
