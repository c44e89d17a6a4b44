// Small GGUF files to inspect, whole or with something wrong.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "formats/gguf_writer.h"

namespace dotmoe::test {

/// A llama of one layer: D 8, N 16, two heads of 4 and one of keys, V 10, untied. Change the fields, then
/// write().
struct SmallGguf {
    std::string architecture = "llama";
    std::int64_t neurons = 16;
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> tensors{
        {"token_embd.weight", {10, 8}},   {"output_norm.weight", {8}},
        {"output.weight", {10, 8}},       {"blk.0.attn_norm.weight", {8}},
        {"blk.0.attn_q.weight", {8, 8}},  {"blk.0.attn_k.weight", {4, 8}},
        {"blk.0.attn_v.weight", {4, 8}},  {"blk.0.attn_output.weight", {8, 8}},
        {"blk.0.ffn_norm.weight", {8}},   {"blk.0.ffn_gate.weight", {16, 8}},
        {"blk.0.ffn_up.weight", {16, 8}}, {"blk.0.ffn_down.weight", {8, 16}}};

    void write(const std::filesystem::path& path) const {
        std::vector<gguf::TensorToWrite> contents;
        for (const auto& [name, shape] : tensors) {
            std::size_t bytes = sizeof(float);
            for (const auto size : shape) bytes *= static_cast<std::size_t>(size);
            contents.push_back(
                {name, gguf::TensorType::F32, shape, [bytes] { return std::vector<std::byte>(bytes); }});
        }
        const auto key = [this](const char* name) { return architecture + "." + name; };
        gguf::write(path,
                    {{"general.architecture", architecture},
                     {key("block_count"), std::uint64_t{1}},
                     {key("embedding_length"), std::uint64_t{8}},
                     {key("feed_forward_length"), static_cast<std::uint64_t>(neurons)},
                     {key("attention.head_count"), std::uint64_t{2}},
                     {key("attention.head_count_kv"), std::uint64_t{1}},
                     {key("context_length"), std::uint64_t{64}},
                     {key("attention.layer_norm_rms_epsilon"), 1e-5}},
                    contents);
    }
};

}  // namespace dotmoe::test
