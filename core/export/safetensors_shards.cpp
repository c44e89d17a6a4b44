#include "export/safetensors_shards.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "export/json_text.h"
#include "formats/shape.h"

namespace dotmoe {
namespace {

using Shard = std::vector<safetensors::TensorToWrite>;

std::int64_t size_of(const safetensors::TensorToWrite& tensor) {
    const auto elements = element_count(tensor.shape).value_or(0);
    return elements * safetensors::dtype_size(tensor.dtype);
}

}  // namespace

void write_shards(const std::filesystem::path& folder, std::vector<safetensors::TensorToWrite> tensors,
                  const std::map<std::string, std::string>& metadata, std::int64_t limit) {
    std::vector<Shard> shards(1);
    std::int64_t filled = 0, total = 0;
    for (auto& tensor : tensors) {
        const auto size = size_of(tensor);
        if (!shards.back().empty() && filled + size > limit) {
            shards.emplace_back();
            filled = 0;
        }
        filled += size;
        total += size;
        shards.back().push_back(std::move(tensor));
    }
    if (shards.size() == 1) return safetensors::write(folder / "model.safetensors", shards.front(), metadata);

    auto places = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const auto name = fmt::format("model-{:05}-of-{:05}.safetensors", i + 1, shards.size());
        for (const auto& tensor : shards[i]) places[tensor.name] = name;
        safetensors::write(folder / name, shards[i], metadata);
    }
    constexpr auto index = "model.safetensors.index.json";
    const nlohmann::ordered_json json = {{"metadata", {{"total_size", total}}}, {"weight_map", places}};
    write_file_atomically(folder / index, json_text(json, index));
}

}  // namespace dotmoe
