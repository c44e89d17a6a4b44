// Sinkhorn and rounding for comparison with POT and SciPy. Problems come as raw little-endian fp64, row by
// row; results go to stdout the same way.
#include <cstdio>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "support/probe.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe::probe {
namespace {

/// "4,2,2" -> {4, 2, 2}.
Capacities parse_capacities(const std::string& text) {
    Capacities result;
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size(); at += used + 1)
        result.push_back(std::stoll(text.substr(at), &used));
    return result;
}

at::Tensor read_affinity(const std::string& path, const Capacities& capacities) {
    const MappedFile file(path);
    const auto columns = static_cast<std::int64_t>(capacities.size());
    const auto values = static_cast<std::int64_t>(file.bytes().size() / sizeof(double));
    auto affinity = at::empty({values / columns, columns}, at::kDouble);
    std::memcpy(affinity.mutable_data_ptr(), file.bytes().data(), affinity.nbytes());
    return affinity;
}

void write_raw(const at::Tensor& tensor) {
    const auto packed = tensor.contiguous();
    if (std::fwrite(packed.const_data_ptr(), 1, packed.nbytes(), stdout) != packed.nbytes())
        fail("cannot write to stdout");
}

const Command sinkhorn_command("sinkhorn", "AFFINITY CAPACITIES TEMPERATURE", [](const Arguments& arguments) {
    const auto capacities = parse_capacities(arguments[1]);
    const SinkhornOptions options{
        .temperature = std::stod(arguments[2]), .max_iterations = 20000, .tolerance = 1e-13};
    write_raw(sinkhorn(read_affinity(arguments[0], capacities), capacities, options).plan);
});

const Command round_command("round", "exact|greedy AFFINITY CAPACITIES", [](const Arguments& arguments) {
    const auto capacities = parse_capacities(arguments[2]);
    const auto affinity = read_affinity(arguments[1], capacities);
    write_raw(arguments[0] == "greedy" ? round_greedy(affinity, capacities)
                                       : round_exact(affinity, capacities).owner);
});

}  // namespace
}  // namespace dotmoe::probe
