#include "widgets/top_tokens_model.h"

#include <QFont>

#include "widgets/routing_access.h"

namespace dotmoe {

void TopTokensModel::setExpert(const std::shared_ptr<const ExpertProfile>& profile, int expert) {
    beginResetModel();
    m_profile = profile;
    m_expert = profile && expert < static_cast<int>(std::ssize(profile->top)) ? expert : -1;
    endResetModel();
}

int TopTokensModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || m_expert < 0) return 0;
    return static_cast<int>(std::ssize(m_profile->top[static_cast<std::size_t>(m_expert)]));
}

int TopTokensModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCountOfTable;
}

QVariant TopTokensModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    if (role == Qt::TextAlignmentRole && (index.column() == probability || index.column() == before))
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role == Qt::FontRole && index.column() == token) {
        QFont bold;
        bold.setBold(true);
        return bold;
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const auto& row =
        m_profile->top[static_cast<std::size_t>(m_expert)][static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return tr("%1[%2]%3").arg(readable(row.before), printable(row.token), readable(row.after));
    switch (index.column()) {
        case probability:
            return QString::number(row.probability, 'f', 3);
        case domain:
            return QString::fromStdString(m_profile->domains[static_cast<std::size_t>(row.domain)]);
        case before:
            return readable(row.before);
        case token:
            return printable(row.token);
        default:
            return readable(row.after);
    }
}

QVariant TopTokensModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCountOfTable) return {};
    static const char* const names[] = {QT_TR_NOOP("p"), QT_TR_NOOP("Domain"), QT_TR_NOOP("Before"),
                                        QT_TR_NOOP("Token"), QT_TR_NOOP("After")};
    if (role == Qt::DisplayRole) return tr(names[section]);
    if (role == Qt::ToolTipRole && section == probability)
        return tr("Probability of the expert for this token: the softmax of the router over all experts");
    return {};
}

}  // namespace dotmoe
