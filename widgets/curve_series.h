// The curves of a run: what each is called and how it is drawn.
#pragma once

#include <QPen>
#include <QString>
#include <array>

#include "events/snapshot.h"

namespace dotmoe {

enum class Series { loss, kl, crossEntropy, balance, z, temperature, perplexity };
inline constexpr std::array<Series, 7> allSeries = {Series::loss,      Series::kl, Series::crossEntropy,
                                                    Series::balance,   Series::z,  Series::temperature,
                                                    Series::perplexity};

QString seriesName(Series series);
/// Colours of Okabe and Ito's set on a light or dark ground, each with a dash pattern of its own: colour
/// never alone.
QPen seriesPen(Series series, bool dark);
/// Four significant digits, as legends and tooltips show a value.
QString shortNumber(double value);
/// What a step says of a series; perplexity is not measured in training steps: NaN.
double seriesValue(const TrainingStep& step, Series series);

}  // namespace dotmoe
