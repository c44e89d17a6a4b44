// The space between the parts of a picture, the same in all of them.
#pragma once

namespace dotmoe {

inline constexpr int pictureGap = 6;  ///< pixels

}  // namespace dotmoe
