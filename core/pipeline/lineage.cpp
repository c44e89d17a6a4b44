#include "pipeline/lineage.h"

namespace dotmoe {

void to_json(nlohmann::json& json, const Parent& parent) {
    auto changed = nlohmann::json::array();
    for (const auto& [setting, from, to] : parent.changed)
        changed.push_back({{"setting", setting}, {"from", from}, {"to", to}});
    json = {{"folder", parent.folder.string()},
            {"state", parent.state},
            {"step", parent.step},
            {"changed", changed}};
}

void from_json(const nlohmann::json& json, Parent& parent) {
    parent.folder = json.at("folder").get<std::string>();
    json.at("state").get_to(parent.state);
    json.at("step").get_to(parent.step);
    parent.changed.clear();
    for (const auto& change : json.at("changed"))
        parent.changed.push_back({change.at("setting"), change.at("from"), change.at("to")});
}

}  // namespace dotmoe
