#include "experts/product_keys.h"

#include <cmath>

namespace dotmoe {

KeyGrid key_grid(std::int64_t experts) {
    auto rows = static_cast<std::int64_t>(std::sqrt(static_cast<double>(experts)));
    while (experts % rows != 0) --rows;
    return {rows, experts / rows};
}

at::Tensor router_of_keys(const at::Tensor& keys, const KeyGrid& grid) {
    const auto rows = keys.narrow(-1, 0, grid.rows), columns = keys.narrow(-1, grid.rows, grid.columns);
    return (rows.unsqueeze(-1) + columns.unsqueeze(-2)).flatten(-2);
}

at::Tensor keys_of_router(const at::Tensor& router, const KeyGrid& grid) {
    const auto cells = router.unflatten(-1, {grid.rows, grid.columns});
    const auto half = cells.mean({-2, -1}).unsqueeze(-1) / 2;
    return at::cat({cells.mean(-1) - half, cells.mean(-2) - half}, -1);
}

}  // namespace dotmoe
