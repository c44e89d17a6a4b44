#include "export/stock_rope.h"

#include <cmath>
#include <numbers>

namespace dotmoe {

std::vector<double> stock_llama3_divisors(const StockLlama3& scaling, double base, std::int64_t head_width) {
    const auto [factor, low, high, original] = scaling;
    std::vector<double> divisors;
    for (std::int64_t dimension = 0; dimension + 1 < head_width; dimension += 2) {
        const double wavelength =
            2 * std::numbers::pi *
            std::pow(base, static_cast<double>(dimension) / static_cast<double>(head_width));
        if (wavelength < original / high) {
            divisors.push_back(1);
        } else if (wavelength > original / low) {
            divisors.push_back(factor);
        } else {
            const double smooth = (original / wavelength - low) / (high - low);
            divisors.push_back(factor / (1 - smooth + smooth * factor));
        }
    }
    return divisors;
}

std::vector<double> stock_linear_divisors(double factor, std::int64_t head_width) {
    return std::vector<double>(static_cast<std::size_t>(head_width / 2), factor);
}

}  // namespace dotmoe
