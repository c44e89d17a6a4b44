// Subcommands of dotmoe_probe, the program through which the Python tests of tests/interop see the core.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dotmoe::probe {

using Arguments = std::vector<std::string>;

/// One static object a file makes one subcommand:
///     const Command command("tensors", "FILE OUT", [](const Arguments& arguments) { ... });
/// The usage names the arguments; calling with another number of them is refused before the function runs.
/// Results go to stdout; an Error goes to stderr as "error: TEXT" and makes the exit status 1 (2 for a wrong
/// call).
struct Command {
    Command(std::string name, std::string usage, std::function<void(const Arguments&)> run);
};

/// The whole numbers of a line, separated by blanks.
std::vector<std::int64_t> numbers(const std::string& line);

}  // namespace dotmoe::probe
