#include "widgets/curve_series.h"

#include <QCoreApplication>
#include <limits>

namespace dotmoe {
namespace {

struct Look {
    const char* name;
    QRgb light, dark;
    Qt::PenStyle dash;
};

Look lookOf(Series series) {
    switch (series) {
        case Series::loss:
            return {QT_TRANSLATE_NOOP("Series", "loss"), 0x000000, 0xffffff, Qt::SolidLine};
        case Series::kl:
            return {QT_TRANSLATE_NOOP("Series", "KL"), 0x0072b2, 0x56b4e9, Qt::SolidLine};
        case Series::crossEntropy:
            return {QT_TRANSLATE_NOOP("Series", "cross-entropy"), 0xd55e00, 0xe69f00, Qt::DashLine};
        case Series::balance:
            return {QT_TRANSLATE_NOOP("Series", "balance"), 0x009e73, 0x2ac79a, Qt::DashDotLine};
        case Series::z:
            return {QT_TRANSLATE_NOOP("Series", "router z"), 0xa14f83, 0xcc79a7, Qt::DotLine};
        case Series::temperature:
            return {QT_TRANSLATE_NOOP("Series", "temperature τ"), 0x8a6d00, 0xf0e442, Qt::DashDotDotLine};
        case Series::perplexity:
            return {QT_TRANSLATE_NOOP("Series", "perplexity"), 0x5b3fd6, 0xa99bff, Qt::SolidLine};
    }
    return {};
}

}  // namespace

QString seriesName(Series series) {
    return QCoreApplication::translate("Series", lookOf(series).name);
}

QPen seriesPen(Series series, bool dark) {
    const Look look = lookOf(series);
    return {QColor(dark ? look.dark : look.light), 2, look.dash};
}

QString shortNumber(double value) {
    return QString::number(value, 'g', 4);
}

double seriesValue(const TrainingStep& step, Series series) {
    switch (series) {
        case Series::loss:
            return step.loss;
        case Series::kl:
            return step.kl;
        case Series::crossEntropy:
            return step.cross_entropy;
        case Series::balance:
            return step.balance;
        case Series::z:
            return step.z;
        case Series::temperature:
            return step.temperature;
        case Series::perplexity:
            break;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace dotmoe
