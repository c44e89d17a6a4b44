// Bytes that arrive in pieces, given out as whole UTF-8 characters.
#pragma once

#include <string>
#include <string_view>

namespace dotmoe {

/// A token may end inside a character: its bytes wait for the rest. Bytes that are no UTF-8 become U+FFFD as
/// in replace_invalid_utf8, however they are cut.
class Utf8Stream {
  public:
    /// The characters that `bytes` completes.
    std::string push(std::string_view bytes);
    /// What was left waiting, as U+FFFD; empty when the text ended on a character.
    std::string finish();

  private:
    std::string waiting_;
};

}  // namespace dotmoe
