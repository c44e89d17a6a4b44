#include "formats/safetensors_folder.h"

#include <set>

#include "base/error.h"
#include "formats/byte_reader.h"
#include "formats/json_fields.h"

namespace dotmoe::safetensors {

namespace fs = std::filesystem;

namespace {

constexpr auto kSingle = "model.safetensors";
constexpr auto kIndex = "model.safetensors.index.json";

/// Shard of every tensor. Names are of files beside the index: nothing outside the folder is ever opened.
using WeightMap = std::map<std::string, std::string>;

WeightMap read_index(const fs::path& index) {
    const auto json = read_json_object(index);
    const auto map = json.find("weight_map");
    if (map == json.end() || !map->is_object() || map->empty())
        fail("{}: has no 'weight_map': the file is damaged", index.string());
    WeightMap shards;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string()) fail("{}: tensor '{}' is in no file", index.string(), printable(tensor));
        const auto& name = shard.get_ref<const std::string&>();
        if (fs::path(name).filename() != name || name.empty() || name == "." || name == "..")
            fail("{}: tensor '{}' points to '{}', outside the folder", index.string(), printable(tensor),
                 printable(name));
        shards.emplace(tensor, name);
    }
    return shards;
}

std::set<std::string> shard_names(const WeightMap& map) {
    std::set<std::string> names;
    for (const auto& [tensor, shard] : map) names.insert(shard);
    return names;
}

void check_shard(const fs::path& index, const WeightMap& map, const File& shard) {
    const auto name = shard.path().filename().string();
    for (const auto& tensor : shard.tensors()) {
        const auto mapped = map.find(tensor.name);
        if (mapped == map.end() || mapped->second != name)
            fail("{}: holds tensor '{}', which {} {}: shards are swapped or of different models",
                 shard.path().string(), printable(tensor.name), index.filename().string(),
                 mapped == map.end() ? "does not name" : fmt::format("puts into {}", mapped->second));
    }
    for (const auto& [tensor, file] : map)
        if (file == name && !shard.find(tensor))
            fail("{}: tensor '{}' is missing, which {} puts here", shard.path().string(), printable(tensor),
                 index.filename().string());
}

void require_file(const fs::path& path, std::string_view why) {
    if (!fs::is_regular_file(path)) fail("{}: is missing{}", path.string(), why);
}

}  // namespace

Folder::Folder(const fs::path& folder) : path_(folder) {
    if (fs::is_regular_file(folder / kSingle)) {
        shards_.emplace_back(folder / kSingle);
        return;
    }
    const auto index = folder / kIndex;
    require_file(index, fmt::format(", and so is {}: weights are read from safetensors only", kSingle));
    const auto map = read_index(index);
    for (const auto& name : shard_names(map)) {
        require_file(folder / name, fmt::format(": {} names it; copy all shards", kIndex));
        check_shard(index, map, shards_.emplace_back(folder / name));
    }
}

Folder::Found Folder::find(std::string_view name) const {
    for (const auto& shard : shards_)
        if (const auto* tensor = shard.find(name)) return {&shard, tensor};
    return {nullptr, nullptr};
}

Folder::Found Folder::at(std::string_view name) const {
    const auto found = find(name);
    if (!found.tensor) fail("{}: tensor '{}' is missing", path_.string(), name);
    return found;
}

std::vector<fs::path> weight_files(const fs::path& folder) {
    if (fs::is_regular_file(folder / kSingle)) return {folder / kSingle};
    std::vector<fs::path> files{folder / kIndex};
    for (const auto& name : shard_names(read_index(folder / kIndex))) files.push_back(folder / name);
    return files;
}

}  // namespace dotmoe::safetensors
