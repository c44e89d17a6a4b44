#include "widgets/expert_table_model.h"

#include <cmath>

#include "widgets/load_remark.h"

namespace dotmoe {

void ExpertTableModel::setProfile(const std::shared_ptr<const ExpertProfile>& profile) {
    beginResetModel();
    m_profile = profile;
    endResetModel();
}

int ExpertTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_profile ? 0 : m_profile->experts;
}

int ExpertTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCountOfTable;
}

QVariant ExpertTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    switch (role) {
        case Qt::DisplayRole:
            return text(index.row(), index.column());
        case Qt::UserRole: {
            const double value = number(index.row(), index.column());
            return std::isnan(value) ? -1 : value;
        }
        case Qt::TextAlignmentRole:
            if (index.column() == remark || index.column() == domain) return {};
            return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
        default:
            return {};
    }
}

double ExpertTableModel::number(int row, int column) const {
    const auto& profile = *m_profile;
    const auto e = static_cast<std::size_t>(row);
    switch (column) {
        case load:
        case remark:
            return static_cast<double>(profile.load[e]);
        case domain: {
            const auto favourite = favourite_domain(profile, row);
            return favourite ? static_cast<double>(profile.affinity[cell_of(profile, *favourite, row)])
                             : std::nan("");
        }
        case entropy:
            return static_cast<double>(profile.domain_entropy[e]);
        case alike: {
            const auto other = most_alike(profile, row);
            return other ? static_cast<double>(profile.correlation[cell_of(profile, row, *other)])
                         : std::nan("");
        }
        default:
            return row;
    }
}

QString ExpertTableModel::text(int row, int column) const {
    const double value = number(row, column);
    if (std::isnan(value)) return QStringLiteral("–");
    switch (column) {
        case load:
        case entropy:
            return QString::number(value, 'f', 2);
        case remark:
            return loadRemark(value);
        case domain: {
            const int favourite = *favourite_domain(*m_profile, row);
            return tr("%1 %2 % (×%3)")
                .arg(QString::fromStdString(m_profile->domains[static_cast<std::size_t>(favourite)]))
                .arg(100 * domain_share(*m_profile, favourite, row), 0, 'f', 0)
                .arg(value, 0, 'f', 1);
        }
        case alike:
            return tr("%1 (%2)").arg(*most_alike(*m_profile, row)).arg(value, 0, 'f', 2);
        default:
            return QString::number(row);
    }
}

QVariant ExpertTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCountOfTable) return {};
    static const char* const names[] = {QT_TR_NOOP("Expert"), QT_TR_NOOP("Load"), "",
                                        QT_TR_NOOP("Domain"), QT_TR_NOOP("Bits"), QT_TR_NOOP("Like")};
    static const char* const tips[] = {
        QT_TR_NOOP("Number of the expert"),
        QT_TR_NOOP("Tokens over an even share, on held-out text"),
        QT_TR_NOOP("Dead: no token; hot: over twice an even share"),
        QT_TR_NOOP(
            "The domain it serves most: share of its tokens, and how many times what the domain's size "
            "predicts"),
        QT_TR_NOOP("Entropy of the domains of its tokens: 0 bits, all of one domain"),
        QT_TR_NOOP("The expert chosen most often together with it; correlation, 0 by chance")};
    if (role == Qt::DisplayRole) return tr(names[section]);
    return role == Qt::ToolTipRole ? QVariant(tr(tips[section])) : QVariant();
}

}  // namespace dotmoe
